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
    /// Its recording has not arrived yet, or not whole.
    case awaitingFile = "awaiting_file"
    /// The viewer has rated it, or abstained.
    case done
}

extension AnswerStanding {
    /// The standing of a row of `dailies.viewer_answers`. There an answer that waits for its file is `processing`, because sites of the release
    /// before know no other word.
    /// - Parameter answer: the row's name in the query.
    static func selection(of answer: String) -> PostgresQuery {
        """
        CASE WHEN \(identifier: answer).standing = 'processing' AND \(identifier: answer).awaits_file THEN 'awaiting_file'
             ELSE \(identifier: answer).standing END AS standing
        """
    }
}
