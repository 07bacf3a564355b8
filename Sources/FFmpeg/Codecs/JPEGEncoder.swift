internal import CFFmpeg

/// Writes one picture as a JPEG file.
public enum JPEGEncoder {
    /// FFmpeg's quantiser from 2 (best) to 31; at 4 faces show no blocks, and a 1280x720 poster has about 90 kB.
    private static let quantiser: CInt = 4

    /// - Throws: `.unsupported` when this build of FFmpeg has no JPEG encoder.
    public static func encode(_ picture: Picture) throws(FFmpegError) -> [UInt8] {
        LogLines.forget()
        guard let codec = unsafe avcodec_find_encoder(AV_CODEC_ID_MJPEG) else {
            throw FFmpegError(.unsupported, operation: "write a JPEG picture")
        }
        var context = unsafe avcodec_alloc_context3(codec)
        defer { unsafe avcodec_free_context(&context) }
        guard let encoder = unsafe context else { throw FFmpegError(.outOfMemory, operation: "write a JPEG picture") }
        unsafe encoder.pointee.width = CInt(picture.width)
        unsafe encoder.pointee.height = CInt(picture.height)
        unsafe encoder.pointee.pix_fmt = AV_PIX_FMT_YUVJ420P
        unsafe encoder.pointee.color_range = AVCOL_RANGE_JPEG
        unsafe encoder.pointee.time_base = AVRational(num: 1, den: 1)
        unsafe encoder.pointee.thread_count = 1
        unsafe encoder.pointee.flags |= CInt(AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_BITEXACT)
        unsafe encoder.pointee.global_quality = quantiser * CInt(FF_QP2LAMBDA)
        var status = unsafe avcodec_open2(encoder, codec, nil)
        if status >= 0 {
            unsafe picture.pointer.pointee.pts = 0
            unsafe picture.pointer.pointee.quality = quantiser * CInt(FF_QP2LAMBDA)
            status = unsafe avcodec_send_frame(encoder, picture.pointer)
        }
        let packet = try Packet()
        if status >= 0 { status = unsafe avcodec_receive_packet(encoder, packet.pointer) }
        guard status >= 0 else { throw FFmpegError(status: status, operation: "write a JPEG picture") }
        return unsafe Array(UnsafeBufferPointer(start: packet.pointer.pointee.data, count: packet.byteCount))
    }
}
