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
    /// A part of the roles that the viewer reaches, sorted by title. Only the answers of these roles are read.
    /// - Parameters:
    ///   - last: count and return only the roles behind this one, by its id; 0 for all.
    ///   - rows: which part of these to return, from 0.
    public func home(after last: Int64 = 0, rows range: Range<Int> = 0..<1_000, viewer: Viewer) async throws -> ReviewerRoles {
        let rows = try await pool.query(
            PostgresQuery(
                named: "reviews.home",
                """
                WITH shown AS MATERIALIZED (
                    SELECT a.role_id, a.slug, a.title, a.blind, count(*) OVER () AS total,
                           row_number() OVER (ORDER BY lower(a.title), a.slug) AS place
                    FROM dailies.role_access a
                    WHERE a.viewer_id = \(viewer.reviewerID)
                      AND (\(last) = 0 OR (lower(a.title), a.slug) > (SELECT lower(r.title), r.slug FROM dailies.roles r WHERE r.id = \(last)))
                    ORDER BY place LIMIT \(range.count) OFFSET \(range.lowerBound)
                ), judged AS (
                    -- Grouped first, so that each of many thousand answers is judged once and not by every filter below; and all roles
                    -- together, so that the viewer's ratings are read once.
                    SELECT v.question_id, v.standing, count(*) AS answers, sum(v.duration_ms - v.silent_ms) AS heard_ms
                    FROM dailies.viewer_answers v
                    WHERE v.viewer_id = \(viewer.reviewerID) AND v.role_id IN (SELECT role_id FROM shown)
                    GROUP BY v.question_id, v.standing
                ), sums AS (
                    SELECT q.role_id,
                           sum(j.answers) FILTER (WHERE j.standing = 'waiting') AS waiting,
                           sum(j.heard_ms) FILTER (WHERE j.standing = 'waiting') AS waiting_ms,
                           sum(j.answers) FILTER (WHERE j.standing = 'fault') AS faults,
                           sum(j.answers) FILTER (WHERE j.standing = 'awaiting_take') AS awaiting_take,
                           sum(j.answers) FILTER (WHERE j.standing = 'processing') AS processing,
                           sum(j.answers) FILTER (WHERE j.standing = 'done') AS done,
                           min(q.position) FILTER (WHERE j.standing = 'waiting') AS next_position
                    FROM judged j JOIN dailies.questions q ON q.id = j.question_id AND q.position IS NOT NULL
                    GROUP BY q.role_id
                )
                SELECT shown.role_id, shown.slug, shown.title, shown.blind, shown.total, coalesce(n.waiting, 0) AS waiting,
                       coalesce(n.waiting_ms, 0) AS waiting_ms, coalesce(n.faults, 0) AS faults, coalesce(n.awaiting_take, 0) AS awaiting_take,
                       coalesce(n.processing, 0) AS processing, coalesce(n.done, 0) AS done,
                       (SELECT count(*) FROM dailies.interviews i WHERE i.role_id = shown.role_id) AS candidates,
                       (SELECT q.key FROM dailies.questions q WHERE q.role_id = shown.role_id AND q.position = n.next_position) AS next_question
                FROM shown LEFT JOIN sums n ON n.role_id = shown.role_id
                ORDER BY shown.place
                """))
        let count: Int = try rows.first?.decode("total") ?? 0
        let roles = try rows.decode(RoleOverview.self)
        return ReviewerRoles(
            roles: roles, count: count, next: range.lowerBound + roles.count < count ? roles.last?.role.id : nil)
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
