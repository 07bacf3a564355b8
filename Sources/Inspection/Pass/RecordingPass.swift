internal import FFmpeg
internal import Glibc
internal import Recordings
internal import SystemPackage

/// Inspects one recording: finds its format, opens it, reads it once, decodes between keyframes that are far apart, writes the report.
struct RecordingPass {
    let recording: FileDescriptor
    let request: InspectionRequest
    let artifacts: ArtifactDescriptors

    /// How many packets are kept until each stream has had its first. Their earliest time is the recording's start, from which the copy
    /// and the sound count. Packets that an edit list hides may come first and are kept too.
    private static let maxHeldPackets = 64
    private static let maxHiddenPackets = 2_000

    func run() throws(InspectionError) -> Report {
        var stopwatch = Stopwatch()
        var container = Container(declaredType: request.declaredType)
        var window = try ByteWindow(recording)
        guard window.size > 0 else { return .unusable(UnusableReason(.empty), container: container) }
        guard window.size <= request.limits.recordingBytes else { return .unusable(UnusableReason(.tooLarge), container: container) }
        let head = try window.head()
        guard let format = try window.format(of: head) else {
            return .unusable(UnusableReason(InputFormat.isLaterPiece(head) ? .headerMissing : .notMedia), container: container)
        }
        container.format = format.rawValue
        do {
            let demuxer = try open(format)
            container.headerDurationMs = demuxer.headerDuration.map(milliseconds)
            container.locationPresent = try hasLocation(demuxer, &window)
            let choice = StreamChoice(of: demuxer.streams)
            if let reason = try refusal(demuxer, choice) { return .unusable(reason, container: container) }
            stopwatch.lap("open")
            return try read(demuxer, choice, container, bytes: window.size, stopwatch)
        } catch let error as FFmpegError {
            return .unusable(try reason(for: error, format: format, isLaterPiece: InputFormat.isLaterPiece(head)), container: container)
        } catch InspectionError.writing(_, EFBIG) {
            return .unusable(UnusableReason(.outputTooLarge), container: container)
        } catch let error as InspectionError {
            throw error
        } catch {
            throw .outOfMemory
        }
    }

    private func open(_ format: InputFormat) throws(FFmpegError) -> Demuxer {
        try Demuxer(recording, format: format, limits: Demuxer.Limits(streams: request.limits.streams, pixels: request.limits.pixels))
    }

    private func hasLocation(_ demuxer: Demuxer, _ window: inout ByteWindow) throws(InspectionError) -> Bool {
        if demuxer.hasLocation { return true }
        guard demuxer.format.family == .movie, demuxer.streams.contains(where: { $0.kind == .other }) else { return false }
        return try LocationTrack.exist(in: &window)
    }

    /// Why the header alone makes the recording unusable; `nil` when it does not.
    private func refusal(_ demuxer: Demuxer, _ choice: StreamChoice) throws(InspectionError) -> UnusableReason? {
        if choice.indices.isEmpty {
            // A header that is cut may list streams without their codecs.
            let structure = try ContainerStructure(of: recording, format: demuxer.format)
            if structure.lacksIndex { return UnusableReason(.indexMissing) }
            return UnusableReason(demuxer.streams.isEmpty || structure.isCutShort ? .headerOnly : .noDecodableStream)
        }
        // The decoder has the same limit, but gives no reason.
        if let width = choice.video?.width, let height = choice.video?.height,
            width.multipliedReportingOverflow(by: height).overflow || width * height > request.limits.pixels
        {
            return UnusableReason(.tooManyPixels)
        }
        return nil
    }

    /// The first bytes are right, but the recording cannot be opened: the header is cut, missing or invalid.
    private func reason(for error: FFmpegError, format: InputFormat, isLaterPiece: Bool) throws(InspectionError) -> UnusableReason {
        switch error.code {
        case .system(let errno): throw .reading(errno: errno)
        case .outOfMemory: throw .outOfMemory
        case .unsupported: return UnusableReason(.noDecodableStream)
        case .tooManyStreams: return UnusableReason(.tooManyStreams)
        case .tooManyPixels: return UnusableReason(.tooManyPixels)
        case .invalidData, .endOfData, .refused, .other:
            if isLaterPiece { return UnusableReason(.headerMissing) }
            let structure = try ContainerStructure(of: recording, format: format)
            return UnusableReason(structure.lacksIndex ? .indexMissing : .headerOnly)
        }
    }

    private func read(
        _ demuxer: Demuxer, _ choice: StreamChoice, _ container: Container, bytes: Int64, _ stopwatch: Stopwatch
    ) throws -> Report {
        var stopwatch = stopwatch
        demuxer.use(only: choice.indices)
        let packet = try Packet()
        var held: [Packet] = []
        var seen: Set<Int> = []
        var hidden = 0
        var hasMore = true
        while seen.count < choice.indices.count, held.count - hidden < Self.maxHeldPackets, hidden < Self.maxHiddenPackets {
            hasMore = try demuxer.read(into: packet)
            guard hasMore else { break }
            guard choice.indices.contains(packet.streamIndex) else { continue }
            held.append(try packet.shared())
            if packet.isDiscarded { hidden += 1 } else if packet.time != nil { seen.insert(packet.streamIndex) }
        }
        guard let origin = held.compactMap({ $0.isDiscarded ? nil : $0.time }).min() else {
            return .unusable(UnusableReason(.headerOnly), container: container)
        }
        let streams = try StreamReaders(
            demuxer: demuxer, choice: choice, origin: origin, request: request, artifacts: artifacts)
        for packet in held {
            if let reason = try streams.add(packet) { return .unusable(reason, container: container) }
        }
        held = []
        while hasMore, try demuxer.read(into: packet) {
            if let reason = try streams.add(packet) { return .unusable(reason, container: container) }
        }
        stopwatch.lap("read")
        try streams.decodeBetweenKeyframes { () throws(FFmpegError) in try open(demuxer.format) }
        stopwatch.lap("between")
        return try streams.report(
            container: container, structure: ContainerStructure(of: recording, format: demuxer.format),
            promised: demuxer.headerDuration(of: choice.indices), bytes: bytes, stopwatch: stopwatch)
    }
}
