internal import CFFmpeg
public import SystemPackage

/// Writes packets, as they are, into a new file that a browser plays and seeks: WebM with duration and cues in front, or MP4
/// with its index in front.
///
/// Nothing but the borrowed descriptor is written: no title, no device, no place, no date. FFmpeg moves the index to the front by reading
/// its own output again. This reading is allowed, on the same descriptor; any other file is refused.
@safe public final class Muxer {
    public enum Format: Hashable, Sendable {
        case webm, mp4

        /// The codecs that today's browsers play from it.
        static func playing(video: String?, audio: String?) -> Format? {
            let pictures: [Format: Set<String>] = [.webm: ["vp8", "vp9", "av1"], .mp4: ["h264", "av1", "vp9"]]
            let sounds: [Format: Set<String>] = [.webm: ["opus", "vorbis"], .mp4: ["aac", "mp3", "opus"]]
            return [.webm, .mp4].first { format in
                (video.map { pictures[format]?.contains($0) ?? false } ?? true)
                    && (audio.map { sounds[format]?.contains($0) ?? false } ?? true)
            }
        }
    }

    /// One stream of the output: where its packets come from, and its last decoding time.
    private struct Track {
        var source: Int
        var inputTimeBase: AVRational
        var lastDecodingTicks: Int64?
    }

    /// The output's name within FFmpeg. No such file exists; the muxer asks for its own output by this name.
    private static let ownName = "copy"
    /// Bytes left free in front of a WebM for its index: enough for some 200 keyframes, ten minutes and more of a browser's recording.
    /// Where the index needs more, FFmpeg moves everything that it has written.
    private static let webMIndexBytes = 4096

    private var context: UnsafeMutablePointer<AVFormatContext>?
    private let output: DescriptorStream
    private let descriptor: FileDescriptor
    private var readBack: DescriptorStream?
    private var tracks: [Track] = []
    private let scratch: Packet
    private let options: Options
    private var hasHeader = false

    /// - Parameters:
    ///   - descriptor: an empty file, open for reading and writing. Borrowed.
    ///   - maxBytes: how large the file may become.
    public init(_ descriptor: FileDescriptor, format: Format, maxBytes: Int64) throws(FFmpegError) {
        LogLines.capture()
        LogLines.forget()
        self.descriptor = descriptor
        output = try DescriptorStream(descriptor, writable: true, maxBytes: maxBytes)
        scratch = try Packet()
        options = Options(
            format == .webm
                ? ["cues_to_front": "1", "reserve_index_space": String(Self.webMIndexBytes)] : ["movflags": "+faststart"])
        unsafe context = nil
        let status = unsafe avformat_alloc_output_context2(&context, nil, format == .webm ? "webm" : "mp4", Self.ownName)
        guard status >= 0, let context = unsafe context else {
            throw FFmpegError(status: status, operation: "start the playback copy")
        }
        unsafe context.pointee.pb = output.context
        unsafe context.pointee.flags |= AVFMT_FLAG_CUSTOM_IO | AVFMT_FLAG_BITEXACT
        unsafe context.pointee.opaque = Unmanaged.passUnretained(self).toOpaque()
        unsafe context.pointee.io_open = { context, result, name, flags, _ in
            guard let opaque = unsafe context?.pointee.opaque, let name = unsafe name, let result = unsafe result,
                flags == AVIO_FLAG_READ, unsafe String(cString: name) == Muxer.ownName
            else { return dailies_error_refused() }
            return unsafe Unmanaged<Muxer>.fromOpaque(opaque).takeUnretainedValue().openReadBack(result)
        }
        // The stream belongs to this object and is freed with it.
        unsafe context.pointee.io_close2 = { _, _ in 0 }
    }

    deinit {
        unsafe avformat_free_context(context)
    }

    /// The format a browser plays these codecs from; `nil` when there is none.
    public static func format(video: StreamInfo?, audio: StreamInfo?) -> Format? {
        guard video?.isPlayedByBrowsers ?? true else { return nil }
        return Format.playing(video: video.map { $0.codec ?? "" }, audio: audio.map { $0.codec ?? "" })
    }

    /// Adds a copy of the stream, its packets to be written with `write`.
    public func addStream(_ index: Int, of demuxer: Demuxer) throws(FFmpegError) {
        guard let source = unsafe demuxer.stream(index), let stream = unsafe avformat_new_stream(context, nil) else {
            throw FFmpegError(.outOfMemory, operation: "start the playback copy")
        }
        var status = unsafe avcodec_parameters_copy(stream.pointee.codecpar, source.pointee.codecpar)
        if status >= 0 { status = unsafe dailies_copy_display_matrix(stream, source) }
        guard status >= 0 else { throw FFmpegError(status: status, operation: "start the playback copy") }
        // The tag is that of the source's container; the muxer chooses its own.
        unsafe stream.pointee.codecpar.pointee.codec_tag = 0
        unsafe stream.pointee.time_base = source.pointee.time_base
        unsafe stream.pointee.sample_aspect_ratio = source.pointee.sample_aspect_ratio
        unsafe tracks.append(Track(source: index, inputTimeBase: source.pointee.time_base))
    }

    /// Adds a stream for the packets of an encoder. Write them with `write(_:stream:)`.
    /// - Returns: the stream's number.
    public func addStream(of encoder: Encoder) throws(FFmpegError) -> Int {
        guard let from = unsafe encoder.context, let stream = unsafe avformat_new_stream(context, nil) else {
            throw FFmpegError(.outOfMemory, operation: "start the rendition")
        }
        try check(unsafe avcodec_parameters_from_context(stream.pointee.codecpar, from), "start the rendition")
        unsafe stream.pointee.time_base = from.pointee.time_base
        unsafe stream.pointee.avg_frame_rate = from.pointee.framerate
        unsafe tracks.append(Track(source: tracks.count, inputTimeBase: from.pointee.time_base))
        return tracks.count - 1
    }

    /// Writes the header. All streams have been added.
    public func start() throws(FFmpegError) {
        try check(unsafe options.withPointer { unsafe avformat_write_header(context, $0) }, "start the playback copy")
        hasHeader = true
    }

    /// Writes one packet, `shift` earlier than it was. Decoding times that stand still or run backwards are moved forward by
    /// the least possible, because players trust them.
    public func write(_ packet: Packet, shift: Microseconds) throws(FFmpegError) {
        guard let number = tracks.firstIndex(where: { $0.source == packet.streamIndex }) else { return }
        try write(packet, stream: number, shift: shift)
    }

    /// Writes one packet that came from the stream's encoder.
    public func write(_ packet: Packet, stream number: Int) throws(FFmpegError) {
        try write(packet, stream: number, shift: 0)
    }

    private func write(_ packet: Packet, stream number: Int, shift: Microseconds) throws(FFmpegError) {
        guard hasHeader, let stream = unsafe context?.pointee.streams[number] else { return }
        try check(unsafe av_packet_ref(scratch.pointer, packet.pointer), "copy a packet")
        let none = dailies_no_timestamp()
        let back = tracks[number].inputTimeBase.ticks(shift)
        let raw = unsafe scratch.pointer
        // A time that does not fit, such as an invented decoding time, counts as no time.
        unsafe raw.pointee.pts = Self.shifted(raw.pointee.pts, back: back)
        unsafe raw.pointee.dts = Self.shifted(raw.pointee.dts, back: back)
        unsafe av_packet_rescale_ts(raw, tracks[number].inputTimeBase, stream.pointee.time_base)
        let decoding = unsafe raw.pointee.dts != none ? unsafe raw.pointee.dts : unsafe raw.pointee.pts
        if decoding != none {
            let monotonic = tracks[number].lastDecodingTicks.map { max($0 &+ 1, decoding) } ?? decoding
            tracks[number].lastDecodingTicks = monotonic
            unsafe raw.pointee.dts = monotonic
            unsafe raw.pointee.pts = max(raw.pointee.pts == none ? monotonic : raw.pointee.pts, monotonic)
        }
        unsafe raw.pointee.stream_index = CInt(number)
        unsafe raw.pointee.pos = -1
        try check(unsafe av_interleaved_write_frame(context, raw), "copy a packet")
    }

    private static func shifted(_ ticks: Int64, back: Int64) -> Int64 {
        let none = dailies_no_timestamp()
        guard ticks != none else { return none }
        let (time, overflow) = ticks.subtractingReportingOverflow(back)
        // FFmpeg itself adds to times, and checks for what would not fit only in places.
        return overflow || time.magnitude > 1 << 62 ? none : time
    }

    /// Writes the index and the duration, and moves them to the front. The file is complete when this returns.
    public func finish() throws(FFmpegError) {
        try check(unsafe av_write_trailer(context), "finish the playback copy")
    }

    private func openReadBack(_ result: UnsafeMutablePointer<UnsafeMutablePointer<AVIOContext>?>) -> CInt {
        guard let stream = try? DescriptorStream(descriptor) else { return dailies_error_out_of_memory() }
        readBack = stream
        unsafe result.pointee = stream.context
        return 0
    }

    private func check(_ status: CInt, _ operation: String) throws(FFmpegError) {
        if let errno = output.failure ?? readBack?.failure { throw FFmpegError(.system(errno), operation: operation) }
        guard status >= 0 else { throw FFmpegError(status: status, operation: operation) }
    }
}
