/// Counts the windows of `FlagThresholds.mutedWindowMs` in which the microphone recorded nothing.
struct MutedWindows {
    private static let blocksPerWindow = FlagThresholds.mutedWindowMs / SoundAnalyser.blockMs
    private static let threshold = FlagThresholds.meanSquare(dbfs: FlagThresholds.mutedDbfs)

    private var windows = 0
    private var muted = 0
    private var energy: Double = 0
    private var blocks = 0

    mutating func add(meanSquare: Double) {
        energy += meanSquare
        blocks += 1
        if blocks == Self.blocksPerWindow { close() }
    }

    /// The share of muted windows; a last, shorter window counts only when it is the only one.
    mutating func finish() -> Double? {
        if windows == 0, blocks > 0 { close() }
        return windows > 0 ? Double(muted) / Double(windows) : nil
    }

    private mutating func close() {
        windows += 1
        if energy / Double(blocks) < Self.threshold { muted += 1 }
        energy = 0
        blocks = 0
    }
}
