internal import Glibc

/// The filter in front of the loudness meter: ITU-R BS.1770-4, Annex 1. A shelf raises the frequencies that a head raises; a high pass
/// follows.
///
/// It filters two channels and both sections at once, because four numbers are multiplied as fast as one. The high pass gets the shelf's
/// output of the sample before, so the measurement is one sample late. Single precision is enough: beside double precision it moves the
/// loudness of a 40 Hz tone by 0.0004 LU, and that of noise at -60 dB on a constant of a half by 0.003, far less than the 0.1 LU that
/// meters are allowed.
struct KWeighting {
    /// The coefficients of a second-order section, with a0 = 1.
    struct Section: Equatable {
        var b0, b1, b2, a1, a2: Double
    }

    let shelf: Section
    let highPass: Section
    /// The four lanes: the shelf for the first and the second channel, then the high pass for both.
    private let lanes: Lanes
    /// What the sections remember, in transposed direct form II.
    private var memory = (SIMD4<Float>.zero, SIMD4<Float>.zero)
    /// The shelf's last output, which the high pass gets next.
    private var shelved = SIMD2<Float>.zero

    /// The new memory is computed without the output in between (y = b0 x + m1 is put in). So a sample waits for one multiplication and
    /// one subtraction of the sample before it, not for four operations.
    private struct Lanes {
        let b0, c1, c2, a1, a2: SIMD4<Float>

        init(_ shelf: Section, _ highPass: Section) {
            func lanes(_ value: (Section) -> Double) -> SIMD4<Float> {
                let (first, second) = (Float(value(shelf)), Float(value(highPass)))
                return SIMD4(first, first, second, second)
            }
            b0 = lanes(\.b0)
            c1 = lanes { $0.b1 - $0.a1 * $0.b0 }
            c2 = lanes { $0.b2 - $0.a2 * $0.b0 }
            a1 = lanes(\.a1)
            a2 = lanes(\.a2)
        }
    }

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
        lanes = Lanes(shelf, highPass)
    }

    /// Filters two channels of equally many samples and gives the sum of the squares of each.
    ///
    /// Infinities and NaN, which broken streams decode to, count as zero and reset the filter.
    mutating func energies(_ first: UnsafeBufferPointer<Float>, _ second: UnsafeBufferPointer<Float>) -> SIMD2<Double> {
        // Copies, which stay in registers.
        let lanes = lanes
        var (m1, m2) = memory
        var shelved = shelved
        var sum = SIMD4<Float>.zero
        for index in 0..<min(first.count, second.count) {
            let input = unsafe SIMD4(lowHalf: SIMD2(first[index], second[index]), highHalf: shelved)
            let output = lanes.b0 * input + m1
            let next = (lanes.c1 * input + m2) - lanes.a1 * m1
            m2 = lanes.c2 * input - lanes.a2 * m1
            m1 = next
            shelved = output.lowHalf
            sum += output * output
        }
        // The shelf's lanes count too: the high pass has not got their last sample yet.
        guard sum.sum().isFinite else {
            memory = (.zero, .zero)
            self.shelved = .zero
            return .zero
        }
        // In silence the memory fades towards numbers so small that processors are slow with them.
        memory = (Self.settled(m1), Self.settled(m2))
        self.shelved = shelved
        return SIMD2(Double(sum.z), Double(sum.w))
    }

    private static func settled(_ memory: SIMD4<Float>) -> SIMD4<Float> {
        let inaudible = memory .> -1e-15 .& memory .< 1e-15
        return memory.replacing(with: 0, where: inaudible)
    }
}
