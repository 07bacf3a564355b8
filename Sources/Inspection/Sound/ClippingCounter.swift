/// Counts samples that sit at full scale in runs. One sample there is a loud moment; a run is a cut-off wave.
struct ClippingCounter {
    private(set) var clipped = 0
    private(set) var total = 0
    /// The length of the run that each channel is in.
    private var runs: [Int]

    init(channels: Int) {
        runs = Array(repeating: 0, count: channels)
    }

    /// - Parameter peak: of these samples; most pieces of a recording are below full scale and are not looked at again.
    mutating func add(_ samples: UnsafeBufferPointer<Float>, channel: Int, peak: Float) {
        total += samples.count
        guard peak >= FlagThresholds.clippedLevel else {
            runs[channel] = 0
            return
        }
        var run = runs[channel]
        for index in samples.indices {
            if unsafe abs(samples[index]) >= FlagThresholds.clippedLevel {
                run += 1
                if run == FlagThresholds.clippedRun { clipped += run } else if run > FlagThresholds.clippedRun { clipped += 1 }
            } else {
                run = 0
            }
        }
        runs[channel] = run
    }

    var ratio: Double? { total > 0 ? Double(clipped) / Double(total) : nil }
}
