public import Postgres

/// What there is to do with an answer, for one viewer. Each answer has exactly one standing.
public enum AnswerStanding: String, Hashable, Sendable, Codable, CaseIterable, PostgresDecodable {
    /// It can be watched and rated.
    case waiting
    /// Its recording has a technical fault or cannot be watched. A reviewer has to request a new take, rate the answer as it is, or
    /// abstain.
    case fault
    /// A new take was requested.
    case awaitingTake = "awaiting_take"
    /// Its recording has not been inspected yet.
    case processing
    /// The viewer has rated it, or abstained.
    case done
}
