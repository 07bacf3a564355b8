internal import FFmpeg

/// The stretches between keyframes that are long enough to miss something.
struct KeyframeGaps {
    struct Gap: Equatable {
        /// The keyframe from which everything up to the next one can be decoded.
        var from: Microseconds
        /// `false` for a keyframe that an edit list hides: the frames after it need it, but it is not shown.
        var isShown: Bool
        /// The next keyframe; `nil` where there is none.
        var to: Microseconds?
    }

    /// A picture every half second is more than any storyboard takes.
    private static let shortest: Microseconds = 500_000
    /// A bound for recordings with invented times.
    private static let maxGaps = 30_000

    private var closed: [Gap] = []
    private var open: Gap?

    mutating func add(_ time: Microseconds, isShown: Bool) {
        if var gap = open, time - gap.from > Self.shortest, closed.count < Self.maxGaps {
            gap.to = time
            closed.append(gap)
        }
        open = Gap(from: time, isShown: isShown, to: nil)
    }

    /// In the order of the file, the last one open.
    var all: [Gap] { closed + (open.map { [$0] } ?? []) }
}
