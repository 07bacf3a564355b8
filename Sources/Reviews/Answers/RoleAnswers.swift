public import Postgres
public import Recordings

/// A role's answers as a list in parts, for programs. People use the ``Wall``.
public struct RoleAnswers: Hashable, Sendable {
    public struct Item: Hashable, Sendable {
        public var responseID: Int64
        public var interviewID: Int64
        public var candidate: CandidateIdentity
        public var questionKey: String
        public var questionVersion: Int
        public var take: Int
        public var standing: AnswerStanding
        public var durationMs: Int?
        public var silentMs: Int
        public var faults: [Flag.Name]
        public var warnings: [Flag.Name]
        public var mine: Judgement?
        /// Whether the ratings that the viewer may see are split: see ``Scores/isSplit``.
        public var isSplit: Bool
    }

    /// In the order in which the answers came.
    public var items: [Item]
    /// The id after which the next part begins; `nil` when this part is the last.
    public var next: Int64?
}

extension Reviews {
    /// The answers to the questions that a role asks now, one for each candidate and question: the take that counts.
    /// - Parameters:
    ///   - filter: which answers; `nil` for all.
    ///   - question: the key of their question; `nil` for every question.
    ///   - last: the part begins after this id. New answers come in a later part.
    ///   - limit: the most answers of one part.
    public func answers(
        role slug: String, filter: Wall.Filter? = nil, question: String? = nil, after last: Int64 = 0, limit: Int, viewer: Viewer
    ) async throws -> RoleAnswers {
        let role = try await reach(slug, viewer: viewer)
        let items = try await pool.query(
            PostgresQuery(
                named: "reviews.answers",
                """
                -- A part of each question, of these the part, and only then the names.
                WITH shown AS MATERIALIZED (
                    SELECT q.key AS question_key, c.*
                    FROM dailies.questions q
                    CROSS JOIN LATERAL (
                        SELECT v.* FROM dailies.viewer_answers v
                        WHERE v.viewer_id = \(viewer.reviewerID) AND v.role_id = \(role.id) AND v.question_id = q.id
                          AND v.response_id > \(last) AND \(fragment: Wall.Filter.condition(filter, of: "v"))
                        ORDER BY v.response_id LIMIT \(limit + 1)
                    ) AS c
                    WHERE q.role_id = \(role.id) AND q.position IS NOT NULL AND (\(question)::text IS NULL OR q.key = \(question))
                    ORDER BY c.response_id LIMIT \(limit + 1)
                )
                SELECT shown.response_id, shown.interview_id, i.pseudonym, i.candidate_name, shown.question_key, shown.question_version,
                       shown.take, \(fragment: AnswerStanding.selection(of: "shown")), shown.duration_ms, shown.silent_ms, shown.faults, shown.warnings, shown.my_score,
                       shown.my_abstention, shown.is_split
                FROM shown
                -- OFFSET 0 keeps the planner from joining all interviews for the sake of these rows.
                CROSS JOIN LATERAL (
                    SELECT x.pseudonym, x.candidate_name FROM dailies.visible_interviews x
                    WHERE x.viewer_id = \(viewer.reviewerID) AND x.interview_id = shown.interview_id OFFSET 0
                ) AS i
                ORDER BY shown.response_id
                """), as: RoleAnswers.Item.self)
        return RoleAnswers(items: Array(items.prefix(limit)), next: items.count > limit ? items[limit - 1].responseID : nil)
    }
}

extension RoleAnswers.Item: PostgresRowDecodable {
    public init(from row: PostgresRow) throws(PostgresError) {
        responseID = try row.decode("response_id")
        interviewID = try row.decode("interview_id")
        candidate = try CandidateIdentity(from: row)
        questionKey = try row.decode("question_key")
        questionVersion = try row.decode("question_version")
        take = try row.decode("take")
        standing = try row.decode("standing")
        durationMs = try row.decode("duration_ms")
        silentMs = try row.decode("silent_ms")
        faults = try row.decode("faults", as: [String].self).compactMap(Flag.Name.init(rawValue:))
        warnings = try row.decode("warnings", as: [String].self).compactMap(Flag.Name.init(rawValue:))
        mine = Judgement(score: try row.decode("my_score"), abstained: try row.decode("my_abstention"))
        isSplit = try row.decode("is_split")
    }
}
