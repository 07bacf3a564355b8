/// How many responses have each status.
public struct AnswerCounts: Hashable, Sendable, Codable {
    /// Where `reviewable` is an estimate, a response counts here as long as its job is live, or ended without success and is still in the
    /// history.
    public var processing: Int
    public var reviewable: Int
    public var unusable: Int
    /// How many of `processing` wait for their file.
    public var awaitingFile: Int
    /// Whether `reviewable`, and with it `total`, is an estimate. The others are always counted.
    public var isReviewableEstimated: Bool

    public init(processing: Int, reviewable: Int, unusable: Int, awaitingFile: Int = 0, isReviewableEstimated: Bool) {
        self.processing = processing
        self.reviewable = reviewable
        self.unusable = unusable
        self.awaitingFile = awaitingFile
        self.isReviewableEstimated = isReviewableEstimated
    }

    public var total: Int { processing + reviewable + unusable }

    enum CodingKeys: String, CodingKey {
        case processing, reviewable, unusable
        case awaitingFile = "awaiting_file"
        case isReviewableEstimated = "reviewable_is_estimate"
    }
}
