internal import FFmpeg

/// Finds stretches in which the encoder had nothing to write, without decoding them.
///
/// A predicted frame in which every block is a copy of the one before takes a few dozen bytes; a person, however still, and even a
/// camera's noise take hundreds. The median over a second is used, because encoders refresh a still picture now and then. This alone is
/// not enough: some encoders quantise faint noise and a moving cursor away, others fill a constant rate with refinements. So a stretch is
/// only a candidate: keyframes that differ rule it out (`PictureMeasurement`).
struct StillnessDetector {
    private static let window: Microseconds = 1_000_000
    private static let maxSizesInWindow = 512
    private static let maxStretches = 1_000

    struct Stretch: Equatable {
        var from: Microseconds
        var to: Microseconds
    }

    /// The largest median size of a frame in a still second: 64 bytes, or a byte for each 16 blocks of 16x16 where pictures are large.
    private let limit: Int
    private let origin: Microseconds
    private(set) var stretches: [Stretch] = []
    private var sizes: [Int] = []
    private var windowIndex: Int64 = 0
    private var stillSince: Int64?

    init(pixels: Int, origin: Microseconds) {
        limit = max(64, pixels / (16 * 256))
        self.origin = origin
    }

    mutating func add(time: Microseconds, bytes: Int, isKeyframe: Bool) {
        let index = (time - origin) / Self.window
        if index > windowIndex { close(next: index) }
        if !isKeyframe, sizes.count < Self.maxSizesInWindow { sizes.append(bytes) }
    }

    mutating func finish(end: Microseconds) {
        close(next: windowIndex + 1)
        endStretch(at: min(end, origin + windowIndex * Self.window))
    }

    private mutating func close(next: Int64) {
        sizes.sort()
        let isStill = sizes.isEmpty ? stillSince != nil : sizes[sizes.count / 2] <= limit
        if isStill {
            stillSince = stillSince ?? windowIndex
        } else {
            endStretch(at: origin + windowIndex * Self.window)
        }
        sizes.removeAll(keepingCapacity: true)
        windowIndex = next
    }

    private mutating func endStretch(at end: Microseconds) {
        if let since = stillSince, stretches.count < Self.maxStretches {
            let start = origin + since * Self.window
            if end - start >= FlagThresholds.frozen { stretches.append(Stretch(from: start, to: end)) }
        }
        stillSince = nil
    }
}
