internal import FFmpeg
internal import Glibc

/// Loudness after EBU R 128: integrated loudness as ITU-R BS.1770-4 gates it, loudness range after EBU Tech 3342.
///
/// Written here rather than taken from libebur128, because measuring loudness was a fifth of all that an inspection costs; the tests
/// compare it with FFmpeg's filter. It keeps eight bytes for each 100 ms.
struct LoudnessMeter {
    /// BS.1770's gating blocks last 400 ms and begin every 100 ms.
    private static let stepsPerBlock = 4
    /// Tech 3342 looks at 3 s at a time. It asks for a window every second at least. One at every step, as in FFmpeg's meter, gives more
    /// windows of a short answer.
    private static let stepsPerWindow = 30
    /// -70 LUFS, below which nothing counts.
    private static let absoluteGate = energy(ofLoudness: -70)
    private static let loudest = 200.0
    /// The relative gates: 10 LU below the mean of what passes the absolute gate; 20 LU for the range.
    private static let (integratedGate, rangeGate) = (0.1, 0.01)

    /// For each pair of channels.
    private var filters: [KWeighting]
    private let weights: [Double]
    private let samplesPerStep: Int
    private var samplesInStep = 0
    private var energyInStep = 0.0
    /// The mean square of each whole 100 ms, weighted and summed over the channels.
    private var steps: [Double] = []

    /// - Parameter sampleRate: at least 1 kHz.
    init(channels: Int, sampleRate: Int) {
        filters = Array(repeating: KWeighting(sampleRate: sampleRate), count: (channels + 1) / 2)
        weights = Self.weights(channels: channels)
        samplesPerStep = (sampleRate + 5) / 10
    }

    /// Measures a frame of planar samples with as many channels as the meter.
    mutating func add(_ frame: Frame) {
        var at = 0
        while at < frame.sampleCount {
            let count = min(samplesPerStep - samplesInStep, frame.sampleCount - at)
            for pair in filters.indices {
                let (first, second) = (2 * pair, min(2 * pair + 1, weights.count - 1))
                guard let left = unsafe frame.samples(channel: first), let right = unsafe frame.samples(channel: second) else { continue }
                let energies = unsafe filters[pair].energies(
                    UnsafeBufferPointer(rebasing: left[at..<at + count]), UnsafeBufferPointer(rebasing: right[at..<at + count]))
                energyInStep += weights[first] * energies.x
                if second > first { energyInStep += weights[second] * energies.y }
            }
            samplesInStep += count
            at += count
            if samplesInStep == samplesPerStep { closeStep() }
        }
    }

    /// Integrated loudness in LUFS; `nil` when nothing was louder than the absolute gate.
    var integrated: Double? {
        gated(means(of: Self.stepsPerBlock), by: Self.integratedGate).flatMap {
            Self.known(Self.loudness(ofEnergy: Self.mean($0)))
        }
    }

    /// Loudness range in LU, from the 10th to the 95th percentile; `nil` like `integrated`, and 0 for less than 3 s.
    var range: Double? {
        guard integrated != nil else { return nil }
        guard let passed = gated(means(of: Self.stepsPerWindow), by: Self.rangeGate) else { return 0 }
        let sorted = passed.sorted()
        func percentile(_ share: Double) -> Double { sorted[Int((Double(sorted.count - 1) * share).rounded())] }
        return Self.known(Self.loudness(ofEnergy: percentile(0.95)) - Self.loudness(ofEnergy: percentile(0.10)))
    }

    private mutating func closeStep() {
        steps.append(energyInStep / Double(samplesPerStep))
        energyInStep = 0
        samplesInStep = 0
    }

    private func means(of length: Int) -> [Double] {
        guard steps.count >= length else { return [] }
        return (0...steps.count - length).map { Self.mean(steps[$0..<$0 + length]) }
    }

    /// The energies that pass both gates; `nil` for none.
    private func gated(_ energies: [Double], by relative: Double) -> [Double]? {
        let loud = energies.filter { $0 >= Self.absoluteGate }
        guard !loud.isEmpty else { return nil }
        let gate = Self.mean(loud) * relative
        let passed = loud.filter { $0 >= gate }
        // Where the sum overflows, no energy reaches the mean.
        return passed.isEmpty ? nil : passed
    }

    /// `nil` for NaN and infinity. Full scale is about 0 LUFS; floating-point samples can be far louder, so there is a cap.
    private static func known(_ value: Double) -> Double? { value.isFinite ? min(value, loudest) : nil }

    private static func mean(_ values: some Collection<Double>) -> Double { values.reduce(0, +) / Double(values.count) }
    private static func loudness(ofEnergy energy: Double) -> Double { -0.691 + 10 * log10(energy) }
    private static func energy(ofLoudness loudness: Double) -> Double { pow(10, (loudness + 0.691) / 10) }

    /// BS.1770: surround channels have the weight 1.41, the low-frequency channel 0. Channels are in FFmpeg's default order.
    private static func weights(channels: Int) -> [Double] {
        switch channels {
        case 4: [1, 1, 1.41, 1.41]
        case 5: [1, 1, 1, 1.41, 1.41]
        case 6...: [1, 1, 1, 0] + Array(repeating: 1.41, count: channels - 4)
        default: Array(repeating: 1, count: channels)
        }
    }
}
