internal import CFFmpeg

extension Picture.Form {
    /// Says in the stream what the colours mean, so that no player has to guess.
    func tag(_ context: UnsafeMutablePointer<AVCodecContext>) {
        unsafe context.pointee.color_range = isFullRange ? AVCOL_RANGE_JPEG : AVCOL_RANGE_MPEG
        let isHD = colors == .bt709
        unsafe context.pointee.colorspace = isHD ? AVCOL_SPC_BT709 : AVCOL_SPC_SMPTE170M
        unsafe context.pointee.color_primaries = isHD ? AVCOL_PRI_BT709 : AVCOL_PRI_SMPTE170M
        unsafe context.pointee.color_trc = isHD ? AVCOL_TRC_BT709 : AVCOL_TRC_SMPTE170M
        unsafe context.pointee.chroma_sample_location = AVCHROMA_LOC_LEFT
    }
}
