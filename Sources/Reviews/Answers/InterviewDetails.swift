public import Postgres

/// All answers of one candidate, and the decisions about the interview.
public struct InterviewDetails: Hashable, Sendable, Encodable {
    public struct Item: Hashable, Sendable, Encodable {
        public var responseID: Int64
        public var questionKey: String
        /// `nil` when the role no longer asks it.
        public var questionNumber: Int?
        /// In the version that was asked.
        public var prompt: String
        public var take: Int
        public var standing: AnswerStanding
        public var durationMs: Int?
        public var silentMs: Int
        public var hasFault: Bool
        public var hasPoster: Bool
        public var mine: Judgement?
        /// The scores that the viewer may see, with their own. Empty before they have rated, unless the role's rule says otherwise.
        public var scores: [Int]
    }

    public var interviewID: Int64
    public var role: RoleReference
    public var candidate: CandidateIdentity
    /// In the role's order.
    public var items: [Item]
    /// Questions that the role asks and the candidate has not answered.
    public var unanswered: Int
    /// The viewer's own decisions, and others' once the viewer has rated every answer of the interview. The latest comes first.
    public var decisions: [Decision]
}

extension Reviews {
    public func interview(_ id: Int64, viewer: Viewer) async throws -> InterviewDetails {
        let heads = try await pool.query(
            PostgresQuery(
                named: "reviews.interview",
                """
                SELECT a.role_id, a.slug, a.title, a.blind, i.pseudonym, i.candidate_name,
                       (SELECT count(*) FROM dailies.questions q
                        WHERE q.role_id = a.role_id AND q.position IS NOT NULL AND NOT EXISTS (
                            SELECT FROM dailies.current_answers c WHERE c.interview_id = i.interview_id AND c.question_id = q.id)) AS unanswered
                FROM dailies.visible_interviews i
                JOIN dailies.role_access a ON a.viewer_id = i.viewer_id AND a.role_id = i.role_id
                WHERE i.viewer_id = \(viewer.reviewerID) AND i.interview_id = \(id)
                """))
        guard let head = heads.first else { throw ReviewsError.notFound("interview") }
        let items = try await pool.query(
            PostgresQuery(
                named: "reviews.interview_answers",
                """
                SELECT v.response_id, q.key AS question_key, q.position, w.prompt, v.take, v.standing, v.duration_ms, v.silent_ms,
                       v.faults <> '{}' AS has_fault, v.has_poster, v.my_score, v.my_abstention,
                       ARRAY(SELECT x.score FROM dailies.visible_ratings x
                             WHERE x.viewer_id = v.viewer_id AND x.response_id = v.response_id AND x.score IS NOT NULL
                             ORDER BY x.score) AS scores
                FROM dailies.viewer_answers v
                JOIN dailies.questions q ON q.id = v.question_id
                JOIN dailies.question_versions w ON w.question_id = v.question_id AND w.version = v.question_version
                WHERE v.viewer_id = \(viewer.reviewerID) AND v.interview_id = \(id)
                ORDER BY q.position NULLS LAST, q.id
                """), as: InterviewDetails.Item.self)
        return InterviewDetails(
            interviewID: id, role: try RoleReference(from: head), candidate: try CandidateIdentity(from: head), items: items,
            unanswered: try head.decode("unanswered"), decisions: try await decisions(about: id, viewer: viewer))
    }
}

extension InterviewDetails.Item: PostgresRowDecodable {
    public init(from row: PostgresRow) throws(PostgresError) {
        responseID = try row.decode("response_id")
        questionKey = try row.decode("question_key")
        questionNumber = try row.decode("position")
        prompt = try row.decode("prompt")
        take = try row.decode("take")
        standing = try row.decode("standing")
        durationMs = try row.decode("duration_ms")
        silentMs = try row.decode("silent_ms")
        hasFault = try row.decode("has_fault")
        hasPoster = try row.decode("has_poster")
        mine = Judgement(score: try row.decode("my_score"), abstained: try row.decode("my_abstention"))
        scores = try row.decode("scores", as: [Int16].self).map(Int.init)
    }
}
