/// The extremes and the energy of a run of samples. This is the one loop that touches every sample of a recording, so it is
/// written for speed: unchecked reads, four independent sums so that no addition waits for the one before.
struct SampleLevels {
    var minimum: Float = 0
    var maximum: Float = 0
    /// Sum of squares.
    var energy: Float = 0

    /// The larger distance from zero.
    var peak: Float { max(maximum, -minimum) }

    init() {}

    init(_ samples: UnsafeBufferPointer<Float>) {
        guard let base = samples.baseAddress, samples.count > 0 else { return }
        let count = samples.count
        var (low0, low1, low2, low3) = (Float.infinity, Float.infinity, Float.infinity, Float.infinity)
        var (high0, high1, high2, high3) = (-Float.infinity, -Float.infinity, -Float.infinity, -Float.infinity)
        var (sum0, sum1, sum2, sum3): (Float, Float, Float, Float) = (0, 0, 0, 0)
        var at = 0
        // Comparisons, not `min` and `max`: a NaN from a broken stream then loses against every number.
        while at &+ 4 <= count {
            let (a, b, c, d) = unsafe (base[at], base[at &+ 1], base[at &+ 2], base[at &+ 3])
            low0 = a < low0 ? a : low0
            low1 = b < low1 ? b : low1
            low2 = c < low2 ? c : low2
            low3 = d < low3 ? d : low3
            high0 = a > high0 ? a : high0
            high1 = b > high1 ? b : high1
            high2 = c > high2 ? c : high2
            high3 = d > high3 ? d : high3
            sum0 += a * a
            sum1 += b * b
            sum2 += c * c
            sum3 += d * d
            at &+= 4
        }
        while at < count {
            let a = unsafe base[at]
            low0 = a < low0 ? a : low0
            high0 = a > high0 ? a : high0
            sum0 += a * a
            at &+= 1
        }
        minimum = Self.finite(Swift.min(Swift.min(low0, low1), Swift.min(low2, low3)))
        maximum = Self.finite(Swift.max(Swift.max(high0, high1), Swift.max(high2, high3)))
        energy = Self.finite((sum0 + sum1) + (sum2 + sum3))
    }

    mutating func merge(_ other: SampleLevels) {
        minimum = Swift.min(minimum, other.minimum)
        maximum = Swift.max(maximum, other.maximum)
        energy += other.energy
    }

    /// Broken streams decode to infinities; they count as silence rather than poison every sum after them.
    private static func finite(_ value: Float) -> Float { value.isFinite ? value : 0 }
}
