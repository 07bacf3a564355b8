internal import FFmpeg
internal import Recordings

/// Hands each packet of the pass to everything that measures or copies it, and writes the report at the end.
final class StreamReaders {
    private let choice: StreamChoice
    private let request: InspectionRequest
    private let artifacts: ArtifactDescriptors
    private let origin: Microseconds
    private let pictures: PictureAnalyser?
    private let sound: SoundAnalyser?
    private let playback: PlaybackCopy?
    private var video = StreamTimeline()
    private var audio = StreamTimeline()
    private var zeroedVideo: ZeroedPackets
    private var zeroedAudio: ZeroedPackets
    private var stillness: StillnessDetector
    private var packets = 0

    init(
        demuxer: Demuxer, choice: StreamChoice, origin: Microseconds, request: InspectionRequest, artifacts: ArtifactDescriptors
    ) throws {
        self.choice = choice
        self.request = request
        self.artifacts = artifacts
        self.origin = origin
        let pixels = request.limits.pixels
        pictures = choice.video.flatMap { try? PictureAnalyser(stream: $0, of: demuxer, maxPixels: pixels) }
        sound = choice.audio.flatMap { try? SoundAnalyser(stream: $0, of: demuxer, origin: origin, maxPixels: pixels) }
        playback = try artifacts.playback.flatMap { descriptor in
            try PlaybackCopy(descriptor, choice: choice, demuxer: demuxer, origin: origin, maxBytes: request.limits.artifactBytes)
        }
        zeroedVideo = ZeroedPackets(of: choice.video)
        zeroedAudio = ZeroedPackets(of: choice.audio)
        stillness = StillnessDetector(pixels: (choice.video?.width ?? 0) * (choice.video?.height ?? 0), origin: origin)
    }

    private var longest: Microseconds { Int64(request.limits.durationSeconds) * 1_000_000 }

    /// - Returns: why the recording must be given up, if it must.
    func add(_ packet: Packet) throws(InspectionError) -> UnusableReason? {
        packets += 1
        guard packets <= request.limits.packets else { return UnusableReason(.tooManyPackets) }
        let isVideo = packet.streamIndex == choice.video?.index
        guard isVideo || packet.streamIndex == choice.audio?.index else { return nil }
        // In the last fragment of an MP4 nothing says how long its last packet of sound is.
        if !isVideo, packet.duration == nil, let duration = sound?.packetDuration { packet.setDuration(duration) }
        // Both ends of the packet are checked: a time that one packet invents would be filled with silence, second by second.
        if let time = packet.time, max(time + (packet.duration ?? 0) - origin, origin - time) > longest {
            return UnusableReason(.tooLong)
        }
        try playback?.add(packet)
        if isVideo {
            zeroedVideo.add(packet)
            if !packet.isDiscarded {
                video.add(packet)
                if let time = packet.time { stillness.add(time: time, bytes: packet.byteCount, isKeyframe: packet.isKeyframe) }
            }
            if packet.isKeyframe { pictures?.add(packet, isShown: !packet.isDiscarded) }
        } else {
            zeroedAudio.add(packet)
            if !packet.isDiscarded { audio.add(packet) }
            sound?.add(packet)
        }
        return nil
    }

    /// Decodes pictures between keyframes that are far apart. Call it after the last packet.
    /// - Parameter again: opens the recording a second time. It is not called when there is nothing to decode.
    func decodeBetweenKeyframes(_ again: () throws(FFmpegError) -> Demuxer) throws(FFmpegError) {
        guard let pictures, let stream = choice.video, let start = video.start, let end = video.end, end - start <= longest else { return }
        let stretches = StoryboardPlan.stretches(gaps: pictures.keyframes.all, start: start, end: end, pictures: pictures.samples.count)
        guard !stretches.isEmpty else { return }
        do {
            try ForwardDecoding(try again(), stream: stream, pictures: pictures, maxPixels: request.limits.pixels).look(at: stretches)
        } catch {
            // Fewer pictures are no reason to refuse a recording. Only a failure of the machine is thrown.
            if case .system = error.code { throw error }
        }
    }

    /// Writes the remaining artifacts and the report. Call it once, after the last packet.
    func report(
        container: Container, structure: ContainerStructure, promised: Microseconds?, bytes: Int64, stopwatch: Stopwatch
    ) throws(InspectionError) -> Report {
        var stopwatch = stopwatch
        video.finish()
        audio.finish()
        guard let start = [video.start, audio.start].compactMap({ $0 }).min(),
            let end = [video.end, audio.end].compactMap({ $0 }).max()
        else { return .unusable(UnusableReason(.headerOnly), container: container) }
        guard end - start <= longest else { return .unusable(UnusableReason(.tooLong), container: container) }
        stillness.finish(end: end)
        let clock = RecordingClock(start: start, end: end)
        let heard = sound?.finish(end: end)
        let pictureTrack = pictures.flatMap { VideoTrack(timeline: video, stream: choice.video, pictures: $0, clock: clock) }
        let soundTrack = heard.flatMap { AudioTrack(timeline: audio, stream: choice.audio, heard: $0, clock: clock) }
        // A header may have no size or a wrong one; then the first frames show it.
        if pictureTrack == nil, pictures?.exceedsPixels == true {
            return .unusable(UnusableReason(.tooManyPixels), container: container)
        }
        guard pictureTrack != nil || soundTrack != nil else {
            return .unusable(UnusableReason(.noDecodableStream), container: container)
        }
        var measured = Measurements(
            durationMs: clock.durationMs, container: container, video: pictureTrack, audio: soundTrack,
            mutedRatio: heard?.mutedRatio, lastSoundEndMs: heard?.lastSoundEndMs, structure: structure, actualBytes: bytes,
            declaredBytes: request.declaredBytes, promisedMs: promised.map(milliseconds), containerStartMs: milliseconds(start))
        measured.add(video: video, audio: audio, clock: clock)
        measured.zeroed = Span.joined((zeroedVideo.stretches + zeroedAudio.stretches).map { clock.span($0.from, $0.to) })
        measured.pictures = pictures.map {
            PictureMeasurement(samples: $0.samples, stretches: stillness.stretches, end: end, clock: clock)
        }
        measured.decodedPackets = (pictures?.decodedPackets ?? 0) + (sound?.decodedPackets ?? 0)
        measured.failedPackets = (pictures?.failedPackets ?? 0) + (sound?.failedPackets ?? 0)
        let playback = try self.playback?.finish()
        stopwatch.lap("playback")
        let made = try ArtifactMaker(descriptors: artifacts, clock: clock).make(pictures: pictures, sound: sound, heard: heard)
        stopwatch.lap("artifacts")
        return Report(
            outcome: .usable, container: container, durationMs: clock.durationMs, durationSource: .packets, video: pictureTrack,
            audio: soundTrack, flags: FlagRules.flags(of: measured),
            artifacts: ReportArtifacts(poster: made.poster, storyboard: made.storyboard, waveform: made.waveform, playback: playback),
            timingsMs: stopwatch.laps)
    }
}
