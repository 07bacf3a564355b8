/// The extremes and the energy of a run of samples. This loop touches every sample of a recording, so it is written for speed: unchecked
/// reads, eight at a time, so that no addition waits for the one before.
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
        let whole = samples.count / 8 * 8
        var (low, high) = (SIMD8<Float>(repeating: .infinity), SIMD8<Float>(repeating: -.infinity))
        var sum = SIMD8<Float>.zero
        // Comparisons, not `min` and `max`: a NaN from a broken stream then loses against every number.
        for at in stride(from: 0, to: whole, by: 8) {
            let eight = unsafe UnsafeRawPointer(base + at).loadUnaligned(as: SIMD8<Float>.self)
            low.replace(with: eight, where: eight .< low)
            high.replace(with: eight, where: eight .> high)
            sum += eight * eight
        }
        var (lowest, highest) = (low.min(), high.max())
        var energy = sum.sum()
        for at in whole..<samples.count {
            let sample = unsafe base[at]
            lowest = sample < lowest ? sample : lowest
            highest = sample > highest ? sample : highest
            energy += sample * sample
        }
        minimum = Self.finite(lowest)
        maximum = Self.finite(highest)
        self.energy = Self.finite(energy)
    }

    mutating func merge(_ other: SampleLevels) {
        minimum = Swift.min(minimum, other.minimum)
        maximum = Swift.max(maximum, other.maximum)
        energy += other.energy
    }

    /// Broken streams decode to infinities. They count as silence, because they would spoil every later sum.
    private static func finite(_ value: Float) -> Float { value.isFinite ? value : 0 }
}
