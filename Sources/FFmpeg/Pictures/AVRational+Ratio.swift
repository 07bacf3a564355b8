internal import CFFmpeg

extension AVRational {
    /// `nil` unless it is a sane positive ratio: headers carry 0:1 for unknown, and garbage.
    var positiveRatio: Double? {
        guard num > 0, den > 0 else { return nil }
        let ratio = Double(num) / Double(den)
        return (0.05...20).contains(ratio) ? ratio : nil
    }
}
