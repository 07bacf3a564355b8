internal import CFFmpeg

/// Encodes pictures as H.264 or sound as AAC, on the calling thread: threads of its own would be refused by the inspector's sandbox.
///
/// What is sent comes out as packets later, in the order of decoding: ask `receive` after every `send`.
@safe public final class Encoder {
    /// Samples that AAC codes together.
    public static let samplesPerPacket = 1024

    var context: UnsafeMutablePointer<AVCodecContext>?
    private let sound: Frame?

    deinit {
        unsafe avcodec_free_context(&context)
    }

    // MARK: H.264

    /// The quality that x264 calls 23, its own default; no more than 3 Mbit/s, which is ample for somebody who speaks, and bounds the file.
    private static let quality = "23"
    private static let bitsPerSecond: Int64 = 3_000_000
    /// Between keyframes: what a player decodes at most before it can show a frame after a seek.
    private static let secondsBetweenKeyframes = 2.0

    /// Whether this build of FFmpeg can encode H.264.
    public static var encodesH264: Bool { unsafe avcodec_find_encoder_by_name("libx264") != nil }

    /// Encodes pictures of one size and form at a constant rate, with a keyframe every two seconds across which nothing is predicted.
    /// - Parameter form: `.video`, of all pictures that are sent. Their sides are even.
    /// - Throws: `.unsupported` when this build of FFmpeg has no x264.
    public init(h264 width: Int, _ height: Int, form: Picture.Form, rate: FrameRate) throws(FFmpegError) {
        LogLines.forget()
        sound = nil
        unsafe context = try Self.allocate("libx264")
        guard let context = unsafe context else { return }
        unsafe context.pointee.width = CInt(width)
        unsafe context.pointee.height = CInt(height)
        unsafe context.pointee.pix_fmt = AV_PIX_FMT_YUV420P
        unsafe context.pointee.sample_aspect_ratio = AVRational(num: 1, den: 1)
        unsafe context.pointee.time_base = rate.timeBase
        unsafe context.pointee.framerate = rate.rational
        unsafe context.pointee.gop_size = CInt((rate.framesPerSecond * Self.secondsBetweenKeyframes).rounded())
        unsafe context.pointee.rc_max_rate = Self.bitsPerSecond
        unsafe context.pointee.rc_buffer_size = CInt(2 * Self.bitsPerSecond)
        unsafe context.pointee.flags |= CInt(bitPattern: UInt32(AV_CODEC_FLAG_CLOSED_GOP))
        unsafe form.tag(context)
        // No keyframes at scene changes: keyframes stay at regular places. `sync-lookahead` would start a thread.
        try open(["preset": "veryfast", "crf": Self.quality, "profile": "high", "x264-params": "scenecut=0:sync-lookahead=0"])
    }

    /// Encodes a picture of the size and form that were announced, as the frame of this number.
    public func send(_ picture: Picture, number: Int64) throws(FFmpegError) {
        unsafe picture.pointer.pointee.pts = number
        // The encoder decides which frames are keyframes.
        unsafe picture.pointer.pointee.pict_type = AV_PICTURE_TYPE_NONE
        try check(unsafe avcodec_send_frame(context, picture.pointer), "encode a picture")
    }

    // MARK: AAC

    /// Encodes `Resampler`'s sound, 64 kbit/s for each of one or two channels.
    public init(aac channels: Int) throws(FFmpegError) {
        LogLines.forget()
        let sound = try Frame()
        self.sound = sound
        unsafe context = try Self.allocate("aac")
        guard let context = unsafe context else { return }
        unsafe context.pointee.sample_fmt = AV_SAMPLE_FMT_FLTP
        unsafe context.pointee.sample_rate = CInt(Resampler.sampleRate)
        unsafe context.pointee.time_base = AVRational(num: 1, den: CInt(Resampler.sampleRate))
        unsafe context.pointee.bit_rate = Int64(channels) * 64_000
        unsafe av_channel_layout_default(&context.pointee.ch_layout, CInt(channels))
        try open([:])
    }

    /// Encodes up to `samplesPerPacket` samples; fewer only at the very end.
    /// - Parameters:
    ///   - channels: as many as were announced, each with the samples from `range` on.
    ///   - number: of the first sample, counted from the sound's beginning.
    public func send(_ channels: [[Float]], _ range: Range<Int>, number: Int64) throws(FFmpegError) {
        guard let context = unsafe context, let sound else { return }
        unsafe av_frame_unref(sound.pointer)
        unsafe sound.pointer.pointee.format = AV_SAMPLE_FMT_FLTP.rawValue
        unsafe sound.pointer.pointee.sample_rate = CInt(Resampler.sampleRate)
        unsafe sound.pointer.pointee.nb_samples = CInt(range.count)
        unsafe sound.pointer.pointee.pts = number
        var status = unsafe av_channel_layout_copy(&sound.pointer.pointee.ch_layout, &context.pointee.ch_layout)
        if status >= 0 { status = unsafe av_frame_get_buffer(sound.pointer, 0) }
        try check(status, "hold sound")
        for (index, samples) in channels.enumerated() {
            guard let plane = unsafe sound.pointer.pointee.extended_data[index] else { continue }
            unsafe samples[range].withUnsafeBytes { from in
                unsafe UnsafeMutableRawPointer(plane).copyMemory(from: from.baseAddress ?? UnsafeRawPointer(plane), byteCount: from.count)
            }
        }
        try check(unsafe avcodec_send_frame(context, sound.pointer), "encode sound")
    }

    // MARK: Both

    /// Ends the input. `receive` then returns the packets that are left.
    public func finish() throws(FFmpegError) {
        try check(unsafe avcodec_send_frame(context, nil), "finish encoding")
    }

    /// - Returns: `false` when more has to be sent first, or nothing is left.
    public func receive(into packet: Packet) throws(FFmpegError) -> Bool {
        guard let context = unsafe context else { return false }
        packet.empty()
        let status = unsafe avcodec_receive_packet(context, packet.pointer)
        if status == dailies_error_again() || status == dailies_error_eof() { return false }
        try check(status, "encode")
        unsafe packet.timeBase = context.pointee.time_base
        return true
    }

    private static func allocate(_ name: String) throws(FFmpegError) -> UnsafeMutablePointer<AVCodecContext> {
        guard let codec = unsafe avcodec_find_encoder_by_name(name) else {
            throw FFmpegError(.unsupported, operation: "encode with \(name)")
        }
        guard let context = unsafe avcodec_alloc_context3(codec) else { throw FFmpegError(.outOfMemory, operation: "encode with \(name)") }
        unsafe context.pointee.thread_count = 1
        // MP4 keeps the codec's header apart from its packets; and no packet names the program that made it.
        unsafe context.pointee.flags |= CInt(AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT)
        return unsafe context
    }

    private func open(_ options: [String: String]) throws(FFmpegError) {
        try check(unsafe Options(options).withPointer { unsafe avcodec_open2(context, nil, $0) }, "start an encoder")
    }

    private func check(_ status: CInt, _ operation: String) throws(FFmpegError) {
        guard status >= 0 else { throw FFmpegError(status: status, operation: operation) }
    }
}
