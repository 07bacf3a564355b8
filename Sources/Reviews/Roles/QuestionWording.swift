public import FoundationEssentials
public import Interviews
public import Postgres

/// One version of a question.
public struct QuestionWording: Hashable, Sendable, Encodable {
    public var key: String
    public var number: Int
    public var version: Int
    public var since: Date
    public var prompt: String
    public var keyPoints: [String]
    public var anchors: AskedQuestion.Anchors
    /// The number of answers to this version. These answers and their ratings keep the version.
    public var answers: Int
}

extension Reviews {
    /// Every version of the role's questions, in the order of the questions, the newest version of each first.
    public func wordings(of slug: String, viewer: Viewer) async throws -> [QuestionWording] {
        let role = try await reach(slug, viewer: viewer)
        return try await pool.query(
            PostgresQuery(
                named: "reviews.wordings",
                """
                SELECT q.key, q.position, v.version, v.created_at, v.prompt, v.key_points, v.anchor_1, v.anchor_3, v.anchor_5,
                       coalesce(n.answers, 0) AS answers
                FROM dailies.questions q
                JOIN dailies.question_versions v ON v.question_id = q.id
                LEFT JOIN (
                    SELECT question_id, question_version, count(*) AS answers FROM dailies.current_answers
                    WHERE role_id = \(role.id) GROUP BY question_id, question_version
                ) AS n ON n.question_id = v.question_id AND n.question_version = v.version
                WHERE q.role_id = \(role.id) AND q.position IS NOT NULL
                ORDER BY q.position, v.version DESC
                """), as: QuestionWording.self)
    }

    /// Rewords a question of the role: creates a new version, which candidates are asked from now on. Existing answers and ratings keep their
    /// version. The same words again change nothing. For admins.
    /// - Returns: the new version; `nil` when nothing changed.
    /// - Throws: `ReviewsError`: `.notFound`, `.adminsOnly`, or `.invalid` with every problem of the wording.
    @discardableResult
    public func reword(_ question: RoleDefinition.Question, of slug: String, viewer: Viewer) async throws -> Int? {
        let role = try await reachAsAdmin(slug, viewer: viewer)
        guard let asked = try await self.role(slug, viewer: viewer).questions.first(where: { $0.key == question.key }) else {
            throw ReviewsError.notFound("question")
        }
        let problems = RoleDefinition(role: role.slug, title: role.title, questions: [question]).problems()
        guard problems.isEmpty else { throw ReviewsError.invalid(problems.joined(separator: "\n")) }
        let interviews = Interviews(pool: pool)
        return try await pool.transaction { connection in
            // If two people reword or load the role at the same time, the second waits.
            try await connection.query(
                PostgresQuery(named: "reviews.lock_role", "SELECT FROM dailies.roles WHERE id = \(role.id) FOR NO KEY UPDATE"))
            guard let version = try await interviews.addVersion(question, of: asked.id, in: connection) else { return nil }
            try await connection.execute(
                PostgresQuery(
                    named: "reviews.audit_rewording",
                    """
                    INSERT INTO dailies.audit_events (reviewer_id, action, role_id, detail)
                    VALUES (\(viewer.reviewerID), 'question.reworded', \(role.id),
                            jsonb_build_object('question', \(question.key)::text, 'version', \(version)::bigint))
                    """))
            return version
        }
    }
}

extension QuestionWording: PostgresRowDecodable {
    public init(from row: PostgresRow) throws(PostgresError) {
        key = try row.decode("key")
        number = try row.decode("position")
        version = try row.decode("version")
        since = try row.decode("created_at")
        prompt = try row.decode("prompt")
        keyPoints = try row.decode("key_points")
        anchors = .init(one: try row.decode("anchor_1"), three: try row.decode("anchor_3"), five: try row.decode("anchor_5"))
        answers = try row.decode("answers")
    }
}
