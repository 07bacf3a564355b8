internal import FFmpeg
internal import Recordings

extension VideoTrack {
    /// `nil` when there are no frames, or none of them could be decoded.
    init?(timeline: StreamTimeline, stream: StreamInfo?, pictures: PictureAnalyser, clock: RecordingClock) {
        guard let stream, let codec = stream.codec, let start = timeline.start, let end = timeline.end,
            let first = pictures.hidden ?? pictures.sizes.first
        else { return nil }
        let shown = DisplayedSize(
            codedWidth: first.width, codedHeight: first.height, sampleAspect: pictures.sampleAspect, orientation: stream.orientation)
        let seconds = Double(end - start) / 1_000_000
        self.init(
            codec: codec, profile: stream.profile, width: shown.width, height: shown.height, codedWidth: first.width,
            codedHeight: first.height, rotation: stream.orientation.rotation, mirrored: stream.orientation.isMirrored,
            frames: timeline.packets,
            fps: Self.rate(frames: timeline.packets, seconds: seconds),
            frameGapMs: timeline.gaps.summary, keyframes: timeline.keyframes,
            keyframeGapMaxMs: timeline.longestKeyframeGap.map(milliseconds), bitDepth: pictures.bitDepth,
            hdrFormat: HDRFormat(stream.dolbyVision, pictures.transfer),
            startMs: clock.ms(start), endMs: clock.ms(end),
            // In the order in which they are shown, whatever order they came in.
            sizes: Self.sizes(of: pictures, start: start).sorted { $0.time < $1.time }.map {
                VideoTrack.Size(atMs: clock.ms($0.time), width: $0.width, height: $0.height)
            })
    }

    /// `nil` also for an impossible rate, such as a thousand frames within a millisecond.
    private static func rate(frames: Int, seconds: Double) -> Double? {
        let rate = seconds > 0 ? Double(frames) / seconds : .infinity
        return frames > 1 && rate <= 1_000_000 ? rate.rounded(toPlaces: 3) : nil
    }

    private static func sizes(of pictures: PictureAnalyser, start: Microseconds) -> [PictureAnalyser.Size] {
        guard var first = pictures.hidden else { return pictures.sizes }
        first.time = start
        let changes = pictures.sizes.first.map { $0.width != first.width || $0.height != first.height } ?? true
        return [first] + (changes ? pictures.sizes : Array(pictures.sizes.dropFirst()))
    }
}

extension VideoTrack.HDRFormat {
    fileprivate init?(_ dolbyVision: DolbyVision?, _ transfer: HDRTransfer?) {
        switch (dolbyVision, transfer) {
        case (.some, _): self = .dolbyVision
        case (nil, .hlg): self = .hlg
        case (nil, .pq): self = .pq
        case (nil, nil): return nil
        }
    }
}
