/// A group of reviewers' scores, without abstentions.
public struct Scores: Hashable, Sendable, Encodable {
    /// How many reviewers gave 1, 2, 3, 4 and 5.
    public var distribution: [Int]
    /// How many reviewers abstained. No other number here includes them.
    public var abstentions: Int

    public init(distribution: [Int], abstentions: Int = 0) {
        self.distribution = distribution
        self.abstentions = abstentions
    }

    /// The number of scores.
    public var count: Int { distribution.reduce(0, +) }

    /// `nil` when there are none.
    public var mean: Double? {
        guard count > 0 else { return nil }
        return Double(zip(1..., distribution).reduce(0) { $0 + $1.0 * $1.1 }) / Double(count)
    }

    /// The standard deviation of the sample (divided by n − 1), in points; `nil` for fewer than two scores.
    public var spread: Double? {
        guard count > 1, let mean else { return nil }
        let squares = zip(1..., distribution).reduce(0.0) { $0 + Double($1.1) * (Double($1.0) - mean) * (Double($1.0) - mean) }
        return (squares / Double(count - 1)).squareRoot()
    }

    /// Opinions are split when one reviewer gave 1 or 2 and another gave 4 or 5. One found the answer near the anchor of a weak answer, the
    /// other near the anchor of a strong one. The mean is then nobody's opinion, so pages mark it and the team should talk about it.
    /// (`dailies.viewer_answers` has the same rule in SQL.)
    public var isSplit: Bool { distribution[0] + distribution[1] > 0 && distribution[3] + distribution[4] > 0 }
}
