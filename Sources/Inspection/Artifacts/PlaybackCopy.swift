internal import FFmpeg
internal import Recordings
internal import SystemPackage

/// Writes the playback copy from the packets of the one pass. A recording that cannot be copied gets none; only a descriptor that fails
/// is an error.
final class PlaybackCopy {
    let format: Muxer.Format
    private let muxer: Muxer
    private let origin: Microseconds
    private var end: Microseconds?
    private var isBroken = false

    /// `nil` when a browser plays these codecs from no container that is written here.
    init?(
        _ descriptor: FileDescriptor, choice: StreamChoice, demuxer: Demuxer, origin: Microseconds, maxBytes: Int64
    ) throws(InspectionError) {
        guard let format = Muxer.format(video: choice.video, audio: choice.audio) else { return nil }
        self.format = format
        self.origin = origin
        do {
            muxer = try Muxer(descriptor, format: format, maxBytes: maxBytes)
            for index in choice.indices { try muxer.addStream(index, of: demuxer) }
            try muxer.start()
        } catch {
            guard case .system(let errno) = error.code else { return nil }
            throw .writing(.playback, errno: errno)
        }
    }

    func add(_ packet: Packet) throws(InspectionError) {
        guard !isBroken, let time = packet.time else { return }
        // Frames that an edit list hides are needed to decode the frames after them. MP4 hides them again, as time before zero; WebM
        // cannot.
        guard format == .mp4 || (!packet.isDiscarded && time >= origin) else { return }
        try attempt { () throws(FFmpegError) in try muxer.write(packet, shift: origin) }
        if !packet.isDiscarded { end = max(end ?? time, time + (packet.duration ?? 0)) }
    }

    func finish() throws(InspectionError) -> Playback? {
        guard !isBroken, let end else { return nil }
        try attempt { () throws(FFmpegError) in try muxer.finish() }
        if isBroken { return nil }
        return Playback(
            file: ArtifactFile(mediaType: format == .webm ? MediaType.webMVideo : MediaType.mp4Video),
            durationMs: milliseconds(end - origin))
    }

    private func attempt(_ body: () throws(FFmpegError) -> Void) throws(InspectionError) {
        do {
            try body()
        } catch {
            if case .system(let errno) = error.code { throw .writing(.playback, errno: errno) }
            isBroken = true
        }
    }
}
