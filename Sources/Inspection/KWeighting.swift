internal import Glibc

/// The filter through which loudness hears: ITU-R BS.1770-4, Annex 1. A shelf that lifts what the head lifts, then a high pass.
///
/// It takes two channels at once, because a processor adds and multiplies two numbers as fast as one.
struct KWeighting {
    /// The coefficients of a second-order section, with a0 = 1.
    struct Section: Equatable {
        var b0, b1, b2, a1, a2: Double
    }

    let shelf: Section
    let highPass: Section
    /// What the sections remember, in transposed direct form II.
    private var shelfMemory = (SIMD2<Double>.zero, SIMD2<Double>.zero)
    private var highPassMemory = (SIMD2<Double>.zero, SIMD2<Double>.zero)

    /// The Recommendation prints coefficients for 48 kHz only. These are the analogue prototypes behind them (frequency, gain and
    /// quality as B. De Man derived them, "Evaluation of Implementations of the EBU R128 Loudness Measurement", AES 145, 2018),
    /// brought to any rate by the bilinear transform; at 48 kHz they give the printed ones.
    init(sampleRate: Int) {
        func warped(_ frequency: Double) -> Double { tan(Double.pi * frequency / Double(sampleRate)) }
        let gain = pow(10, 3.999843853973347 / 20)
        let band = pow(gain, 0.4996667741545416)
        var (k, quality) = (warped(1681.974450955533), 0.7071752369554196)
        var a0 = 1 + k / quality + k * k
        shelf = Section(
            b0: (gain + band * k / quality + k * k) / a0, b1: 2 * (k * k - gain) / a0, b2: (gain - band * k / quality + k * k) / a0,
            a1: 2 * (k * k - 1) / a0, a2: (1 - k / quality + k * k) / a0)
        (k, quality) = (warped(38.13547087602444), 0.5003270373238773)
        a0 = 1 + k / quality + k * k
        highPass = Section(b0: 1, b1: -2, b2: 1, a1: 2 * (k * k - 1) / a0, a2: (1 - k / quality + k * k) / a0)
    }

    /// Filters two channels of equally many samples and gives the sum of the squares of each.
    ///
    /// What broken streams decode to, infinities and what is no number, is worth nothing and leaves the filter as if new.
    mutating func energies(_ first: UnsafeBufferPointer<Float>, _ second: UnsafeBufferPointer<Float>) -> SIMD2<Double> {
        // Copies, which stay in registers.
        let (shelf, highPass) = (shelf, highPass)
        var (s1, s2) = shelfMemory
        var (h1, h2) = highPassMemory
        var sum = SIMD2<Double>.zero
        for index in 0..<min(first.count, second.count) {
            let x = unsafe SIMD2(Double(first[index]), Double(second[index]))
            let y = shelf.b0 * x + s1
            s1 = shelf.b1 * x - shelf.a1 * y + s2
            s2 = shelf.b2 * x - shelf.a2 * y
            let z = y + h1
            h1 = h2 - 2 * y - highPass.a1 * z
            h2 = y - highPass.a2 * z
            sum += z * z
        }
        guard (sum.x + sum.y).isFinite else {
            shelfMemory = (.zero, .zero)
            highPassMemory = (.zero, .zero)
            return .zero
        }
        // In silence the memory fades towards numbers so small that processors are slow with them.
        shelfMemory = (Self.settled(s1), Self.settled(s2))
        highPassMemory = (Self.settled(h1), Self.settled(h2))
        return sum
    }

    private static func settled(_ memory: SIMD2<Double>) -> SIMD2<Double> {
        let inaudible = memory .> -1e-30 .& memory .< 1e-30
        return memory.replacing(with: 0, where: inaudible)
    }
}
