internal import FFmpeg
internal import Recordings

/// What the sampled pictures show.
struct PictureMeasurement {
    /// The share of samples that are dark or without contrast; `nil` without samples.
    var coveredRatio: Double?
    /// Stretches in which frames keep coming and all show the same.
    var still: [Span] = []
}

extension PictureMeasurement {
    /// Two tiles of the same scene that were coded separately differ by this much at most. A mouth or an eye that moves changes a block
    /// of a tile by 5 and more.
    private static let sameMean = 0.5
    private static let sameBlock = 2.0

    /// - Parameter stretches: seconds in which the encoder wrote almost nothing. They count only between sampled pictures that do not
    ///   differ.
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
