/// A reviewer's judgement of an answer: a score, or an abstention with its reason. Never both.
public enum Judgement: Hashable, Sendable, Encodable {
    /// 1 to 5, by the anchors of the question version that the candidate was asked.
    case score(Int)
    case abstained(AbstentionReason)

    public var score: Int? { if case .score(let score) = self { score } else { nil } }
    public var abstention: AbstentionReason? { if case .abstained(let reason) = self { reason } else { nil } }

    init?(score: Int?, abstained: AbstentionReason?) {
        if let score {
            self = .score(score)
        } else if let abstained {
            self = .abstained(abstained)
        } else {
            return nil
        }
    }
}
