/// Finds silences: stretches of at least half a second in which every 50 ms window lies below `FlagThresholds.silenceDbfs`.
///
/// 50 ms is shorter than a syllable and longer than the period of the deepest voice; pauses between words are shorter than
/// half a second, pauses for thought longer.
struct SilenceDetector {
    static let blocksPerWindow = 50 / SoundAnalyser.blockMs
    /// In blocks: half a second.
    static let shortest = 500 / SoundAnalyser.blockMs

    /// A stretch in blocks of 10 ms, its end not included.
    struct Stretch: Equatable {
        var from: Int
        var to: Int
    }

    /// Silences that have ended, at least `shortest` blocks long.
    private(set) var silences: [Stretch] = []
    private(set) var firstSound: Int?
    private(set) var lastSoundEnd: Int?
    private var silentSince: Int? = 0
    private var block = 0
    private var windowEnergy: Double = 0
    private var blocksInWindow = 0

    private static let threshold = FlagThresholds.meanSquare(dbfs: FlagThresholds.silenceDbfs)

    /// Takes the mean square of the next 10 ms.
    mutating func add(meanSquare: Double) {
        windowEnergy += meanSquare
        blocksInWindow += 1
        block += 1
        if blocksInWindow == Self.blocksPerWindow { closeWindow() }
    }

    /// Ends the last silence, if one is under way.
    mutating func finish() {
        if blocksInWindow > 0 { closeWindow() }
        if let since = silentSince, block - since >= Self.shortest { silences.append(Stretch(from: since, to: block)) }
        silentSince = nil
    }

    /// Blocks that lie in no silence.
    var soundingBlocks: Int { block - silences.reduce(0) { $0 + $1.to - $1.from } }
    var blocks: Int { block }

    private mutating func closeWindow() {
        let start = block - blocksInWindow
        if windowEnergy / Double(blocksInWindow) < Self.threshold {
            silentSince = silentSince ?? start
        } else {
            if let since = silentSince, start - since >= Self.shortest { silences.append(Stretch(from: since, to: start)) }
            silentSince = nil
            firstSound = firstSound ?? start
            lastSoundEnd = block
        }
        windowEnergy = 0
        blocksInWindow = 0
    }
}
