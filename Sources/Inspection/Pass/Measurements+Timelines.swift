internal import FFmpeg
internal import Recordings

extension Measurements {
    /// Adds what the two timelines say together: where the picture stalls, and where nothing came at all.
    mutating func add(video: StreamTimeline, audio: StreamTimeline, clock: RecordingClock) {
        if let last = video.end {
            let tail = FrameGaps.Gap(from: last, to: clock.end)
            stalls = (video.gaps.wide + [tail]).filter { $0.to - $0.from > FlagThresholds.stall }.map { clock.span($0.from, $0.to) }
        }
        // Sound is continuous, so a hole in it is one; a picture alone may just stand still.
        guard audio.packets > 0 else { return }
        let unheard = audio.gaps.wide.map { clock.span($0.from, $0.to) }
        let unseen = video.gaps.wide.map { clock.span($0.from, $0.to) }
        let common = video.packets > 0 ? Span.common(unheard, unseen) : unheard
        holes = common.filter { $0.lengthMs > milliseconds(FlagThresholds.hole) }
    }
}

extension PictureMeasurement {
    /// Two tiles of one and the same scene, coded twice, differ by this much at most; a mouth or an eye that moves changes
    /// a block of a tile by 5 and more.
    private static let sameMean = 0.5
    private static let sameBlock = 2.0

    /// - Parameter stretches: seconds in which the encoder wrote next to nothing. They count only between sampled pictures that
    ///   do not differ.
    init(samples: [PictureAnalyser.Sample], stretches: [StillnessDetector.Stretch], end: Microseconds, clock: RecordingClock) {
        if !samples.isEmpty {
            coveredRatio = Double(samples.count { $0.quality.isCovered }) / Double(samples.count)
        }
        // Chains of equal samples; the last one reaches to the recording's end.
        var same: [Span] = []
        var from = samples.first?.time
        var links = 0
        for (index, sample) in samples.enumerated().dropFirst() {
            let isSame = sample.difference.map { $0.mean <= Self.sameMean && $0.block <= Self.sameBlock } ?? false
            if isSame {
                links += 1
                continue
            }
            if links > 0, let from { same.append(clock.span(from, samples[index - 1].time)) }
            from = sample.time
            links = 0
        }
        if links > 0, let from { same.append(clock.span(from, end)) }
        let nominated = stretches.map { clock.span($0.from, $0.to) }
        still = Span.common(nominated, same).filter { $0.lengthMs >= milliseconds(FlagThresholds.frozen) }
    }
}
