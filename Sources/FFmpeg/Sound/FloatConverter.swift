internal import CFFmpeg

/// Brings sound of any sample format to planar 32-bit floating point, at its own rate and with its own channels.
@safe public final class FloatConverter {
    private var context: OpaquePointer?
    private let output: Frame

    public init() throws(FFmpegError) {
        output = try Frame()
        unsafe context = swr_alloc()
        if unsafe context == nil { throw FFmpegError(.outOfMemory, operation: "convert samples") }
    }

    deinit {
        unsafe swr_free(&context)
    }

    /// - Returns: a frame that the next call refills.
    public func convert(_ frame: Frame) throws(FFmpegError) -> Frame {
        if unsafe frame.pointer.pointee.ch_layout.order == AV_CHANNEL_ORDER_UNSPEC {
            // PCM only counts its channels. libswresample would assume an order, and then take the next frame for a change.
            let count = unsafe frame.pointer.pointee.ch_layout.nb_channels
            unsafe av_channel_layout_default(&frame.pointer.pointee.ch_layout, count)
        }
        unsafe av_frame_unref(output.pointer)
        unsafe output.pointer.pointee.format = AV_SAMPLE_FMT_FLTP.rawValue
        unsafe output.pointer.pointee.sample_rate = frame.pointer.pointee.sample_rate
        var status = unsafe av_channel_layout_copy(&output.pointer.pointee.ch_layout, &frame.pointer.pointee.ch_layout)
        if status >= 0 { status = unsafe swr_convert_frame(context, output.pointer, frame.pointer) }
        guard status >= 0 else { throw FFmpegError(status: status, operation: "convert samples") }
        output.timeBase = frame.timeBase
        return output
    }
}
