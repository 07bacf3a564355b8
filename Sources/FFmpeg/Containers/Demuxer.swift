internal import CFFmpeg
internal import ForeignText
public import SystemPackage

/// Reads one recording's packets in the order of the file. It borrows the descriptor, opens no other file, and refuses references to
/// other files.
@safe public final class Demuxer {
    /// What opening may cost.
    public struct Limits: Hashable, Sendable {
        public var streams: Int
        public var pixels: Int
        /// How many bytes and seconds are read when the header does not say what the streams are.
        public var probeBytes = 2 << 20
        public var probeSeconds = 5

        public init(streams: Int, pixels: Int) {
            self.streams = streams
            self.pixels = pixels
        }
    }

    public let format: InputFormat
    public private(set) var streams: [StreamInfo] = []
    /// The length that the header claims. Browsers' live recordings claim none.
    public let headerDuration: Microseconds?
    /// Whether the file's metadata say where it was recorded.
    public let hasLocation: Bool
    let context: UnsafeMutablePointer<AVFormatContext>
    private let source: DescriptorStream

    /// Reads the header, and packets as well where the header leaves a stream undescribed.
    /// - Throws: `.invalidData` and the like for a recording that cannot be opened, `.system` when reading fails.
    public init(_ descriptor: FileDescriptor, format: InputFormat, limits: Limits) throws(FFmpegError) {
        LogLines.capture()
        LogLines.forget()
        self.format = format
        source = try DescriptorStream(descriptor)
        guard let demuxer = unsafe av_find_input_format(format.demuxerName) else {
            throw FFmpegError(.unsupported, operation: "open a \(format.rawValue) file")
        }
        guard let allocated = unsafe avformat_alloc_context() else {
            throw FFmpegError(.outOfMemory, operation: "open the recording")
        }
        unsafe allocated.pointee.pb = source.context
        unsafe allocated.pointee.flags |= AVFMT_FLAG_CUSTOM_IO
        // Playlists, manifests and external references in MP4 would open other files here.
        unsafe allocated.pointee.io_open = { _, _, _, _, _ in dailies_error_refused() }
        var opened: UnsafeMutablePointer<AVFormatContext>? = unsafe allocated
        let options = Options([
            "protocol_whitelist": "", "format_whitelist": format.whitelist, "codec_whitelist": DecoderWhitelist.option,
            "max_streams": String(limits.streams), "probesize": String(limits.probeBytes),
            "analyzeduration": String(limits.probeSeconds * 1_000_000),
        ])
        let status = unsafe options.withPointer { unsafe avformat_open_input(&opened, nil, demuxer, $0) }
        guard status >= 0, let context = unsafe opened else {
            if let errno = source.failure { throw FFmpegError(.system(errno), operation: "read the recording") }
            throw FFmpegError(status: status, operation: "open the recording as \(format.rawValue)")
        }
        unsafe self.context = context
        headerDuration = unsafe Self.headerDuration(context, format: format)
        hasLocation = unsafe Metadata.namesLocation(context)
        // AVI has decoding times only.
        if format == .avi { unsafe context.pointee.flags |= AVFMT_FLAG_GENPTS }
        if unsafe Self.needsProbing(context) {
            unsafe Self.probe(context, limits: limits)
        }
        // Some demuxers leave out the streams beyond the limit and go on.
        if let limit = FFmpegError.limit(), limit == .tooManyStreams { throw FFmpegError(limit, operation: "open the recording") }
        streams = unsafe Self.describe(context)
    }

    deinit {
        var context: UnsafeMutablePointer<AVFormatContext>? = unsafe context
        unsafe avformat_close_input(&context)
    }

    /// Reads the next packet.
    /// - Returns: `false` at the end of what can be read, which need not be the end of the recording.
    /// - Throws: `.system` when the descriptor cannot be read.
    public func read(into packet: Packet) throws(FFmpegError) -> Bool {
        packet.empty()
        while true {
            let status = unsafe av_read_frame(context, packet.pointer)
            if status == dailies_error_again() { continue }
            if let errno = source.failure { throw FFmpegError(.system(errno), operation: "read the recording") }
            guard status >= 0 else { return false }
            // A stream can appear in mid-file; nobody has chosen its packets.
            packet.timeBase = unsafe stream(packet.streamIndex)?.pointee.time_base ?? .microsecond
            return true
        }
    }

    /// Moves to the last keyframe at or before `time`, by the container's index.
    public func seek(to time: Microseconds, stream index: Int) throws(FFmpegError) {
        guard let stream = unsafe stream(index) else { throw FFmpegError(.unsupported, operation: "seek") }
        let status = unsafe av_seek_frame(context, CInt(index), stream.pointee.time_base.ticks(time), AVSEEK_FLAG_BACKWARD)
        guard status >= 0 else { throw FFmpegError(status: status, operation: "seek in the recording") }
    }

    /// Makes the demuxer skip all other streams, so that their packets cost nothing.
    public func use(only indices: [Int]) {
        for index in streams.indices where !indices.contains(index) {
            unsafe stream(index)?.pointee.discard = AVDISCARD_ALL
        }
    }

    /// The length that the header claims for these streams. `nil` also where the header gives one length for all streams and the file has
    /// other streams: subtitles or a second sound may be the longest.
    public func headerDuration(of indices: [Int]) -> Microseconds? {
        guard let headerDuration else { return nil }
        let own = streams.filter { indices.contains($0.index) }.compactMap(\.headerDuration)
        if format.family == .movie, own.count == indices.count, let longest = own.max() { return min(longest, headerDuration) }
        return streams.allSatisfy { indices.contains($0.index) || $0.isCoverPicture } ? headerDuration : nil
    }

    func stream(_ index: Int) -> UnsafeMutablePointer<AVStream>? {
        guard index >= 0, unsafe index < Int(context.pointee.nb_streams) else { return nil }
        return unsafe context.pointee.streams[index]
    }

    /// The length of the file; for AVI and MP3, which do not say it, the length of the longest stream.
    private static func headerDuration(_ context: UnsafeMutablePointer<AVFormatContext>, format: InputFormat) -> Microseconds? {
        if unsafe context.pointee.duration > 0 { return unsafe AVRational.microsecond.microseconds(context.pointee.duration) }
        guard [.avi, .mp3].contains(format) else { return nil }
        let all = unsafe (0..<Int(context.pointee.nb_streams)).compactMap { index in
            unsafe context.pointee.streams[index].flatMap { unsafe $0.pointee.time_base.microseconds($0.pointee.duration) }
        }
        return all.max().flatMap { $0 > 0 ? $0 : nil }
    }

    private static func describe(_ context: UnsafeMutablePointer<AVFormatContext>) -> [StreamInfo] {
        unsafe (0..<Int(context.pointee.nb_streams)).compactMap { index in
            unsafe context.pointee.streams[index].map { unsafe StreamInfo($0) }
        }
    }

    /// Probing decodes frames and reads a good part of a short recording twice, so it is left out where the header says all.
    /// In Matroska, H.264 and HEVC with reordered frames have no decoding times in the file: probing learns the reordering.
    private static func needsProbing(_ context: UnsafeMutablePointer<AVFormatContext>) -> Bool {
        let isMatroska = unsafe String(cString: context.pointee.iformat.pointee.name).begins(with: "matroska")
        return unsafe describe(context).contains { stream in
            !stream.isComplete || (isMatroska && ["h264", "hevc", "mpeg4"].contains(stream.codec))
        }
    }

    /// A failure here does not refuse the recording: `StreamChoice` leaves out a stream that is still unknown.
    private static func probe(_ context: UnsafeMutablePointer<AVFormatContext>, limits: Limits) {
        // One dictionary for each stream's decoder. Without this, probing would allocate whatever size a frame claims.
        let perStream = Options(["max_pixels": String(limits.pixels), "threads": "1", "codec_whitelist": DecoderWhitelist.option])
        let count = unsafe Int(context.pointee.nb_streams)
        unsafe withUnsafeTemporaryAllocation(of: OpaquePointer?.self, capacity: max(1, count)) { dictionaries in
            for index in 0..<count { unsafe dictionaries[index] = perStream.copy() }
            _ = unsafe avformat_find_stream_info(context, dictionaries.baseAddress)
            for index in 0..<count { unsafe av_dict_free(&dictionaries[index]) }
        }
    }
}
