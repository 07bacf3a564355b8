internal import CFFmpeg

/// One decoded picture, or one block of decoded sound. Reused: a decoder refills it again and again.
@safe public final class Frame {
    let pointer: UnsafeMutablePointer<AVFrame>
    var timeBase = AVRational.microsecond

    public init() throws(FFmpegError) {
        guard let frame = unsafe av_frame_alloc() else { throw FFmpegError(.outOfMemory, operation: "hold a frame") }
        unsafe pointer = frame
    }

    deinit {
        var frame: UnsafeMutablePointer<AVFrame>? = unsafe pointer
        unsafe av_frame_free(&frame)
    }

    /// Makes this frame show what `other` shows; the pixels are shared, not copied.
    public func share(_ other: Frame) throws(FFmpegError) {
        unsafe av_frame_unref(pointer)
        let status = unsafe av_frame_ref(pointer, other.pointer)
        guard status >= 0 else { throw FFmpegError(status: status, operation: "hold a frame") }
        timeBase = other.timeBase
    }

    public var time: Microseconds? { unsafe timeBase.microseconds(pointer.pointee.pts) }
    /// When it is shown or heard; where the packet did not say it, the decoder's guess from the neighbours.
    public var likelyTime: Microseconds? { unsafe timeBase.microseconds(pointer.pointee.best_effort_timestamp) ?? time }
    /// Whether the frame was decoded from missing or broken data, so that the decoder invented a part of it.
    public var isDamaged: Bool {
        unsafe pointer.pointee.flags & AV_FRAME_FLAG_CORRUPT != 0 || pointer.pointee.decode_error_flags != 0
    }

    // MARK: Picture

    public var width: Int { unsafe Int(pointer.pointee.width) }
    public var height: Int { unsafe Int(pointer.pointee.height) }
    public var sampleAspect: Double? { unsafe pointer.pointee.sample_aspect_ratio.positiveRatio }
    /// `nil` for ordinary pictures.
    public var transfer: HDRTransfer? { unsafe HDRTransfer(pointer.pointee.color_trc) }
    public var bitDepth: Int? { unsafe Self.bitDepth(ofFormat: pointer.pointee.format, kind: .video) }

    var pixelFormat: AVPixelFormat { unsafe AVPixelFormat(rawValue: pointer.pointee.format) }

    /// Lends the brightness plane when it is one byte a pixel, which all browsers' recordings are; `nil` otherwise.
    public func withLuma<Result>(_ body: (PixelPlane) -> Result) -> Result? {
        guard let description = unsafe av_pix_fmt_desc_get(pixelFormat),
            unsafe description.pointee.flags & UInt64(AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_HWACCEL) == 0,
            unsafe description.pointee.comp.0.depth == 8, unsafe description.pointee.comp.0.step == 1,
            unsafe description.pointee.comp.0.plane == 0, let base = unsafe pointer.pointee.data.0, width > 0, height > 0
        else { return nil }
        return unsafe body(PixelPlane(base: base, stride: Int(pointer.pointee.linesize.0), width: width, height: height))
    }

    static func bitDepth(ofFormat format: CInt, kind: StreamInfo.Kind) -> Int? {
        guard kind == .video, let description = unsafe av_pix_fmt_desc_get(AVPixelFormat(rawValue: format)) else { return nil }
        return unsafe Int(description.pointee.comp.0.depth)
    }

    // MARK: Sound

    public var sampleCount: Int { unsafe Int(pointer.pointee.nb_samples) }
    public var sampleRate: Int { unsafe Int(pointer.pointee.sample_rate) }
    public var channelCount: Int { unsafe Int(pointer.pointee.ch_layout.nb_channels) }

    /// Whether `samples(channel:)` can lend them as they are: 32-bit floating point, a plane for each channel.
    public var hasPlanarFloats: Bool { unsafe pointer.pointee.format == AV_SAMPLE_FMT_FLTP.rawValue }

    /// The samples of one channel, 1.0 being full scale; `nil` when there is no such channel. Valid until the frame is refilled.
    public func samples(channel: Int) -> UnsafeBufferPointer<Float>? {
        guard hasPlanarFloats, channel >= 0, channel < channelCount, let plane = unsafe pointer.pointee.extended_data[channel]
        else { return nil }
        let floats = unsafe UnsafeRawPointer(plane).assumingMemoryBound(to: Float.self)
        return unsafe UnsafeBufferPointer(start: floats, count: sampleCount)
    }
}
