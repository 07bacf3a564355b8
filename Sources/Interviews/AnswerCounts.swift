/// How many responses have each status.
public struct AnswerCounts: Hashable, Sendable, Codable {
    public var processing: Int
    public var reviewable: Int
    public var unusable: Int

    public var total: Int { processing + reviewable + unusable }
}
