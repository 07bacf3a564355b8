internal import CFFmpeg

/// Decodes one stream's packets on the calling thread: a decoder's own threads would be refused by the inspector's sandbox,
/// and keyframes far apart leave them nothing to share.
@safe public final class Decoder {
    /// Which of a stream's packets are sent to the decoder.
    public enum Input: Hashable, Sendable {
        /// Single pictures, or sound: each frame comes out at once.
        case single
        /// All packets: frames come out in the order in which they are shown, some packets later.
        case wholeStream
    }

    private var context: UnsafeMutablePointer<AVCodecContext>?
    private let timeBase: AVRational
    private let hasDelay: Bool
    private let tags: ColorTags

    /// - Throws: `.unsupported` for a codec that is not on the whitelist, `.refused` or `.invalidData` for parameters that
    ///   the decoder does not accept.
    /// - Parameter skipsUnreferenced: leave out frames from which no other frame is predicted, where the codec marks them.
    public init(
        stream index: Int, of demuxer: Demuxer, maxPixels: Int, input: Input = .single, skipsUnreferenced: Bool = false
    ) throws(FFmpegError) {
        LogLines.forget()
        guard let stream = unsafe demuxer.stream(index), let parameters = unsafe stream.pointee.codecpar,
            let codec = unsafe DecoderWhitelist.decoder(for: parameters.pointee.codec_id)
        else { throw FFmpegError(.unsupported, operation: "decode stream \(index)") }
        unsafe timeBase = stream.pointee.time_base
        hasDelay = unsafe codec.pointee.capabilities & AV_CODEC_CAP_DELAY != 0
        tags = unsafe ColorTags(stream)
        unsafe context = avcodec_alloc_context3(codec)
        guard let context = unsafe context else { throw FFmpegError(.outOfMemory, operation: "decode stream \(index)") }
        var status = unsafe avcodec_parameters_to_context(context, parameters)
        if status >= 0 {
            unsafe context.pointee.thread_count = 1
            unsafe context.pointee.pkt_timebase = stream.pointee.time_base
            if input == .single { unsafe context.pointee.flags |= CInt(AV_CODEC_FLAG_LOW_DELAY) }
            if skipsUnreferenced { unsafe context.pointee.skip_frame = AVDISCARD_NONREF }
            let options = Options(["max_pixels": String(maxPixels), "codec_whitelist": DecoderWhitelist.option])
            status = unsafe options.withPointer { unsafe avcodec_open2(context, codec, $0) }
        }
        guard status >= 0 else { throw FFmpegError(status: status, operation: "decode stream \(index)") }
    }

    deinit {
        unsafe avcodec_free_context(&context)
    }

    /// How long each packet's sound is, of codecs that have one length for all of a stream (AAC). Some know it after the first packet only.
    public var soundDuration: Microseconds? {
        guard let context = unsafe context, unsafe context.pointee.frame_size > 1, unsafe context.pointee.sample_rate > 0 else {
            return nil
        }
        return unsafe Int64(context.pointee.frame_size) * 1_000_000 / Int64(context.pointee.sample_rate)
    }

    /// Sends a packet to the decoder; `receive` then returns the decoded frames.
    public func send(_ packet: Packet) throws(FFmpegError) {
        let status = unsafe avcodec_send_packet(context, packet.pointer)
        guard status >= 0 else { throw FFmpegError(status: status, operation: "decode a packet") }
    }

    /// - Returns: `false` when the decoder needs another packet first.
    public func receive(into frame: Frame) throws(FFmpegError) -> Bool {
        let status = unsafe avcodec_receive_frame(context, frame.pointer)
        if status == dailies_error_again() || status == dailies_error_eof() { return false }
        guard status >= 0 else { throw FFmpegError(status: status, operation: "decode a packet") }
        frame.timeBase = timeBase
        unsafe tags.complete(frame.pointer)
        return true
    }

    /// Lets `receive` return the frames that the decoder still holds. After that nothing can be sent until `restart`.
    public func drain() {
        unsafe avcodec_send_packet(context, nil)
    }

    /// Resets the decoder. The frames that it still holds are lost.
    public func restart() {
        unsafe avcodec_flush_buffers(context)
    }

    /// Decodes a keyframe by itself, whatever came before it, and resets the decoder.
    ///
    /// Decoders that reorder (H.264, HEVC, AV1) hold the frame back until they are drained; after that they accept nothing
    /// until they are flushed.
    /// - Returns: whether a picture came out.
    public func decodeAlone(_ packet: Packet, into frame: Frame) throws(FFmpegError) -> Bool {
        // A decoder drops frames that an edit list hides, but the caller wants this one.
        let flags = unsafe packet.pointer.pointee.flags
        unsafe packet.pointer.pointee.flags &= ~AV_PKT_FLAG_DISCARD
        defer {
            unsafe packet.pointer.pointee.flags = flags
            if hasDelay { restart() }
        }
        try send(packet)
        if hasDelay { drain() }
        return try receive(into: frame)
    }
}
