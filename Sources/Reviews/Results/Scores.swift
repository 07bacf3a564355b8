/// The scores that some reviewers gave, abstentions left out.
public struct Scores: Hashable, Sendable, Encodable {
    /// How many gave 1, 2, 3, 4 and 5.
    public var distribution: [Int]
    /// How many abstained. They count for nothing else here.
    public var abstentions: Int

    public init(distribution: [Int], abstentions: Int = 0) {
        self.distribution = distribution
        self.abstentions = abstentions
    }

    /// How many scores there are.
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

    /// Opinions are split when somebody gave 1 or 2 and somebody gave 4 or 5: one found it nearer to the anchor of a weak answer, and
    /// one nearer to that of a strong one. Their mean says what nobody thinks, so it is marked and to be talked about.
    /// (`dailies.viewer_answers` says the same in SQL.)
    public var isSplit: Bool { distribution[0] + distribution[1] > 0 && distribution[3] + distribution[4] > 0 }

    enum CodingKeys: String, CodingKey {
        case count, mean, spread, distribution, abstentions, isSplit
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(count, forKey: .count)
        try values.encode(mean, forKey: .mean)
        try values.encode(spread, forKey: .spread)
        try values.encode(distribution, forKey: .distribution)
        try values.encode(abstentions, forKey: .abstentions)
        try values.encode(isSplit, forKey: .isSplit)
    }
}
