internal import FFmpeg
internal import Recordings

/// How evenly frames follow each other, in presentation order, in memory that does not grow with the recording.
///
/// Frames come in decoding order; a short window sorts them. Gaps are counted in bins of 0.1 ms, finer than the milliseconds
/// in which Matroska counts, so that the percentiles are exact for it and within 0.1 ms for MP4.
struct FrameGaps {
    /// No codec reorders over more than 16 frames.
    private static let window = 16
    private static let binWidth: Microseconds = 100
    /// Up to the length of a stall. Longer gaps share one bin.
    private static let bins = Int(FlagThresholds.stall / binWidth)

    private var pending: [Microseconds] = []
    private var last: Microseconds?
    private var counts: [UInt32] = Array(repeating: 0, count: Self.bins + 1)
    private var total = 0
    private(set) var longest: Microseconds = 0
    /// Gaps longer than `FlagThresholds.hole`, as times of the two frames around them.
    private(set) var wide: [Gap] = []

    struct Gap: Equatable {
        var from: Microseconds
        var to: Microseconds
    }

    /// More wide gaps than a person would read are not kept.
    static let maxWideGaps = 1_000

    mutating func add(_ time: Microseconds) {
        let at = pending.lastIndex { $0 <= time }.map { $0 + 1 } ?? 0
        pending.insert(time, at: at)
        if pending.count > Self.window { emit(pending.removeFirst()) }
    }

    /// Counts the frames that are still in the window. Call it after the last frame.
    mutating func finish() {
        for time in pending { emit(time) }
        pending = []
    }

    var summary: VideoTrack.FrameGap? {
        guard total > 0 else { return nil }
        return VideoTrack.FrameGap(median: percentile(0.5), p95: percentile(0.95), max: Double(longest) / 1000)
    }

    private mutating func emit(_ time: Microseconds) {
        defer { last = max(last ?? time, time) }
        guard let last else { return }
        // Equal and backward times, which some browsers write, are frames without a gap.
        let gap = max(0, time - last)
        counts[Int(min(gap / Self.binWidth, Int64(Self.bins)))] += 1
        total += 1
        longest = max(longest, gap)
        if gap > FlagThresholds.hole, wide.count < Self.maxWideGaps { wide.append(Gap(from: last, to: time)) }
    }

    private func percentile(_ share: Double) -> Double {
        let rank = Int((Double(total - 1) * share).rounded(.up))
        var seen = 0
        for (bin, count) in counts.enumerated() {
            seen += Int(count)
            if seen > rank {
                return bin == Self.bins ? Double(longest) / 1000 : Double(Int64(bin) * Self.binWidth) / 1000
            }
        }
        return Double(longest) / 1000
    }
}
