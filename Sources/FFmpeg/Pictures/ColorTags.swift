internal import CFFmpeg

/// The tags in a container's header for a stream's colours. A frame's own tags come first. But some decoders lose the header's tags where
/// the bitstream has none (HEVC without VUI in an MP4 with a `colr` box).
struct ColorTags {
    private let transfer: AVColorTransferCharacteristic
    private let primaries: AVColorPrimaries
    private let matrix: AVColorSpace
    private let range: AVColorRange
    /// Neither the header's nor the frame's tags are right.
    private let isProprietary: Bool

    init(_ stream: UnsafePointer<AVStream>) {
        let parameters = unsafe stream.pointee.codecpar.pointee
        unsafe (transfer, primaries) = (parameters.color_trc, parameters.color_primaries)
        unsafe (matrix, range) = (parameters.color_space, parameters.color_range)
        isProprietary = unsafe DolbyVision(stream).map { !$0.hasCompatibleBase } ?? false
    }

    /// Fills in what the frame leaves open.
    func complete(_ frame: UnsafeMutablePointer<AVFrame>) {
        if isProprietary {
            // Dolby Vision's own encoding keeps PQ-coded brightness apart from colour, as ICtCp does: see `ToneMapper`.
            unsafe frame.pointee.color_trc = AVCOL_TRC_SMPTE2084
            unsafe frame.pointee.colorspace = AVCOL_SPC_ICTCP
            return
        }
        if unsafe frame.pointee.color_trc == AVCOL_TRC_UNSPECIFIED { unsafe frame.pointee.color_trc = transfer }
        if unsafe frame.pointee.color_primaries == AVCOL_PRI_UNSPECIFIED { unsafe frame.pointee.color_primaries = primaries }
        if unsafe frame.pointee.colorspace == AVCOL_SPC_UNSPECIFIED { unsafe frame.pointee.colorspace = matrix }
        if unsafe frame.pointee.color_range == AVCOL_RANGE_UNSPECIFIED { unsafe frame.pointee.color_range = range }
    }
}
