import NullableJSON
internal import Reviews

/// The scores that some reviewers gave.
struct ScoresJSON: Encodable, Sendable {
    var count: Int
    @OrNull var mean: Double?
    @OrNull var spread: Double?
    var distribution: [Int]
    var abstentions: Int
    var isSplit: Bool

    init(_ scores: Scores) {
        count = scores.count
        mean = scores.mean
        spread = scores.spread
        distribution = scores.distribution
        abstentions = scores.abstentions
        isSplit = scores.isSplit
    }
}
