public import Postgres

/// A role's interviews as a list in parts, for programs.
public struct RoleInterviews: Hashable, Sendable {
    public struct Item: Hashable, Sendable {
        public var interviewID: Int64
        public var candidate: CandidateIdentity
        /// Questions that the role asks now and the candidate has answered.
        public var answers: Int
        /// How many of these wait for the viewer.
        public var waiting: Int
        /// The latest decision that the viewer may see.
        public var verdict: Decision.Verdict?
    }

    /// In the order in which the candidates came.
    public var items: [Item]
    /// The id after which the next part begins; `nil` when this part is the last.
    public var next: Int64?
}

extension Reviews {
    /// - Parameters:
    ///   - last: the part begins after this id.
    ///   - limit: the most interviews of one part.
    public func interviews(role slug: String, after last: Int64 = 0, limit: Int, viewer: Viewer) async throws -> RoleInterviews {
        let role = try await reach(slug, viewer: viewer)
        let items = try await pool.query(
            PostgresQuery(
                named: "reviews.interviews",
                """
                WITH shown AS MATERIALIZED (
                    SELECT i.viewer_id, i.interview_id, i.pseudonym, i.candidate_name FROM dailies.visible_interviews i
                    WHERE i.viewer_id = \(viewer.reviewerID) AND i.role_id = \(role.id) AND i.interview_id > \(last)
                    ORDER BY i.interview_id LIMIT \(limit + 1)
                )
                SELECT i.interview_id, i.pseudonym, i.candidate_name, n.answers, n.waiting, d.verdict
                FROM shown i
                CROSS JOIN LATERAL (
                    SELECT count(*) AS answers, count(*) FILTER (WHERE v.standing = 'waiting') AS waiting
                    FROM dailies.viewer_answers v
                    JOIN dailies.questions q ON q.role_id = \(role.id) AND q.id = v.question_id AND q.position IS NOT NULL
                    WHERE v.viewer_id = i.viewer_id AND v.interview_id = i.interview_id
                ) AS n
                LEFT JOIN LATERAL (
                    SELECT x.verdict FROM dailies.visible_decisions x
                    WHERE x.viewer_id = i.viewer_id AND x.interview_id = i.interview_id ORDER BY x.id DESC LIMIT 1
                ) AS d ON true
                ORDER BY i.interview_id
                """), as: RoleInterviews.Item.self)
        return RoleInterviews(items: Array(items.prefix(limit)), next: items.count > limit ? items[limit - 1].interviewID : nil)
    }
}

extension RoleInterviews.Item: PostgresRowDecodable {
    public init(from row: PostgresRow) throws(PostgresError) {
        interviewID = try row.decode("interview_id")
        candidate = try CandidateIdentity(from: row)
        answers = try row.decode("answers")
        waiting = try row.decode("waiting")
        verdict = try row.decode("verdict")
    }
}
