public import Postgres

/// A role on the home page, with the viewer's work to do. Each answer counts once: see ``AnswerStanding``.
public struct RoleOverview: Hashable, Sendable, Encodable {
    public var role: RoleReference
    public var candidates: Int
    /// The number of answers that wait for the viewer; and their length without silences.
    public var waiting: Int
    public var waitingMs: Int
    public var faults: Int
    public var awaitingTake: Int
    public var processing: Int
    public var done: Int
    /// The key of the first question that has answers waiting; `nil` when none has.
    public var nextQuestion: String?

    /// Minutes of review that are left, without silences, rounded up.
    public var minutesLeft: Int { (waitingMs + 59_999) / 60_000 }
}

extension Reviews {
    /// The roles that the viewer reaches, sorted by title.
    public func home(viewer: Viewer) async throws -> [RoleOverview] {
        try await pool.query(
            PostgresQuery(
                named: "reviews.home",
                """
                SELECT a.role_id, a.slug, a.title, a.blind, n.*,
                       (SELECT count(*) FROM dailies.interviews i WHERE i.role_id = a.role_id) AS candidates,
                       (SELECT q.key FROM dailies.questions q WHERE q.role_id = a.role_id AND q.position = n.next_position) AS next_question
                FROM dailies.role_access a
                CROSS JOIN LATERAL (
                    SELECT coalesce(sum(s.answers) FILTER (WHERE s.standing = 'waiting'), 0) AS waiting,
                           coalesce(sum(s.heard_ms) FILTER (WHERE s.standing = 'waiting'), 0) AS waiting_ms,
                           coalesce(sum(s.answers) FILTER (WHERE s.standing = 'fault'), 0) AS faults,
                           coalesce(sum(s.answers) FILTER (WHERE s.standing = 'awaiting_take'), 0) AS awaiting_take,
                           coalesce(sum(s.answers) FILTER (WHERE s.standing = 'processing'), 0) AS processing,
                           coalesce(sum(s.answers) FILTER (WHERE s.standing = 'done'), 0) AS done,
                           min(q.position) FILTER (WHERE s.standing = 'waiting') AS next_position
                    -- Grouped first, so that each of thousands of answers is judged once and not by every filter.
                    FROM (
                        SELECT v.question_id, v.standing, count(*) AS answers, sum(v.duration_ms - v.silent_ms) AS heard_ms
                        FROM dailies.viewer_answers v
                        WHERE v.viewer_id = \(viewer.reviewerID) AND v.role_id = a.role_id
                        GROUP BY v.question_id, v.standing
                    ) AS s
                    JOIN dailies.questions q ON q.id = s.question_id AND q.position IS NOT NULL
                ) AS n
                WHERE a.viewer_id = \(viewer.reviewerID)
                ORDER BY lower(a.title), a.slug
                """), as: RoleOverview.self)
    }
}

extension RoleOverview: PostgresRowDecodable {
    public init(from row: PostgresRow) throws(PostgresError) {
        role = try RoleReference(from: row)
        candidates = try row.decode("candidates")
        waiting = try row.decode("waiting")
        waitingMs = try row.decode("waiting_ms")
        faults = try row.decode("faults")
        awaitingTake = try row.decode("awaiting_take")
        processing = try row.decode("processing")
        done = try row.decode("done")
        nextQuestion = try row.decode("next_question")
    }
}
