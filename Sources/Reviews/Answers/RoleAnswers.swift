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
                SELECT v.response_id, v.interview_id, i.pseudonym, i.candidate_name, q.key AS question_key, v.question_version, v.take,
                       v.standing, v.duration_ms, v.silent_ms, v.faults, v.warnings, v.my_score, v.my_abstention, v.is_split
                FROM dailies.viewer_answers v
                JOIN dailies.visible_interviews i ON i.viewer_id = v.viewer_id AND i.interview_id = v.interview_id
                JOIN dailies.questions q ON q.id = v.question_id AND q.position IS NOT NULL
                WHERE v.viewer_id = \(viewer.reviewerID) AND v.role_id = \(role.id) AND v.response_id > \(last)
                  AND (\(question)::text IS NULL OR q.key = \(question))
                  AND \(fragment: Wall.Filter.condition(filter, of: "v"))
                ORDER BY v.response_id LIMIT \(limit + 1)
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
