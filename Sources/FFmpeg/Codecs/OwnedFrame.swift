internal import CFFmpeg

/// Memory for a picture that Dailies makes, freed with this object.
@safe final class OwnedFrame {
    let pointer: UnsafeMutablePointer<AVFrame>

    init(width: Int, height: Int, format: AVPixelFormat) throws(FFmpegError) {
        guard let frame = unsafe av_frame_alloc() else { throw FFmpegError(.outOfMemory, operation: "hold a picture") }
        unsafe pointer = frame
        unsafe frame.pointee.format = format.rawValue
        unsafe frame.pointee.width = CInt(width)
        unsafe frame.pointee.height = CInt(height)
        let status = unsafe av_frame_get_buffer(frame, 0)
        guard status >= 0 else { throw FFmpegError(status: status, operation: "hold a picture") }
    }

    deinit {
        var frame: UnsafeMutablePointer<AVFrame>? = unsafe pointer
        unsafe av_frame_free(&frame)
    }
}
