public import Postgres

/// Why a reviewer gives no score. An abstention is not a low rating: it does not count as a rating.
public enum AbstentionReason: String, Hashable, Sendable, Codable, CaseIterable, PostgresDecodable {
    /// The recording is at fault, and the candidate is not.
    case technicalFault = "technical_fault"
    case knowsCandidate = "knows_candidate"
    /// The reviewer lacks the knowledge to judge the answer.
    case cannotJudge = "cannot_judge"
    case other

    /// In words for people.
    public var sentence: String {
        switch self {
        case .technicalFault: "The recording is at fault."
        case .knowsCandidate: "I know the candidate."
        case .cannotJudge: "I cannot judge this."
        case .other: "Another reason."
        }
    }
}
