public import Postgres

/// How an answer stands for a viewer; each is exactly one.
public enum AnswerStanding: String, Hashable, Sendable, Codable, CaseIterable, PostgresDecodable {
    /// It can be watched and rated.
    case waiting
    /// Its recording is at fault, or cannot be watched at all, and somebody has to say what becomes of it: ask for a new take, rate it as
    /// it is, or abstain.
    case fault
    /// A new take was asked for.
    case awaitingTake = "awaiting_take"
    /// Nobody has looked into its recording yet.
    case processing
    /// The viewer has rated it, or abstained.
    case done
}
