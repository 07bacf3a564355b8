public import Postgres

/// One question across all candidates, in the viewer's own order.
public struct QuestionQueue: Hashable, Sendable, Encodable {
    public struct Item: Hashable, Sendable, Encodable {
        public var responseID: Int64
        public var interviewID: Int64
        public var candidate: CandidateIdentity
        public var standing: AnswerStanding
        public var durationMs: Int?
        public var silentMs: Int
        public var hasFault: Bool
        public var hasPoster: Bool
        public var mine: Judgement?
    }

    public var role: RoleReference
    /// The newest version. Each answer's ``AnswerDetails/question`` is the version that its candidate was asked.
    public var question: QuestionReference
    /// The questions before and after it.
    public var previousQuestion: String?
    public var nextQuestion: String?
    public var items: [Item]

    /// The first answer that waits for the viewer.
    public var firstWaiting: Item? { items.first { $0.standing == .waiting } }
}

extension Reviews {
    /// The answers of all candidates to one question. The order comes from a random seed for each reviewer and question. So it stays the
    /// same after a reload, differs between reviewers and between questions, and a new candidate does not move the others.
    public func questionQueue(role slug: String, question key: String, viewer: Viewer) async throws -> QuestionQueue {
        let details = try await role(slug, viewer: viewer)
        guard let index = details.questions.firstIndex(where: { $0.key == key }) else { throw ReviewsError.notFound("question") }
        let question = details.questions[index]
        let items = try await pool.query(
            PostgresQuery(
                named: "reviews.queue",
                """
                SELECT v.response_id, v.interview_id, i.pseudonym, i.candidate_name, \(fragment: AnswerStanding.selection(of: "v")), v.duration_ms, v.silent_ms,
                       v.faults <> '{}' AS has_fault, v.has_poster, v.my_score, v.my_abstention
                FROM (SELECT dailies.review_seed(\(viewer.reviewerID), \(question.id)) AS seed) AS the_order
                CROSS JOIN dailies.viewer_answers v
                -- OFFSET 0 keeps the planner from joining all interviews for the sake of these rows.
                CROSS JOIN LATERAL (
                    SELECT x.pseudonym, x.candidate_name FROM dailies.visible_interviews x
                    WHERE x.viewer_id = \(viewer.reviewerID) AND x.interview_id = v.interview_id OFFSET 0
                ) AS i
                WHERE v.viewer_id = \(viewer.reviewerID) AND v.role_id = \(details.role.id) AND v.question_id = \(question.id)
                ORDER BY dailies.review_place(the_order.seed, v.interview_id), v.interview_id
                """), as: QuestionQueue.Item.self)
        return QuestionQueue(
            role: details.role, question: question, previousQuestion: index > 0 ? details.questions[index - 1].key : nil,
            nextQuestion: index + 1 < details.questions.count ? details.questions[index + 1].key : nil, items: items)
    }
}

extension QuestionQueue.Item: PostgresRowDecodable {
    public init(from row: PostgresRow) throws(PostgresError) {
        responseID = try row.decode("response_id")
        interviewID = try row.decode("interview_id")
        candidate = try CandidateIdentity(from: row)
        standing = try row.decode("standing")
        durationMs = try row.decode("duration_ms")
        silentMs = try row.decode("silent_ms")
        hasFault = try row.decode("has_fault")
        hasPoster = try row.decode("has_poster")
        mine = Judgement(score: try row.decode("my_score"), abstained: try row.decode("my_abstention"))
    }
}
