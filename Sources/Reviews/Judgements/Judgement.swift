/// What a reviewer holds of an answer: a score, or an abstention with its reason. Never both.
public enum Judgement: Hashable, Sendable {
    /// 1 to 5, by the anchors that the candidate's question had.
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

extension Judgement: Encodable {
    enum CodingKeys: String, CodingKey {
        case score, abstained
    }

    /// `{"score": 4, "abstained": null}` or `{"score": null, "abstained": "technical_fault"}`.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(score, forKey: .score)
        try values.encode(abstention, forKey: .abstained)
    }
}
