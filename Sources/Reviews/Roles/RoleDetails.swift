public import Postgres

/// A question that a role asks now.
public struct QuestionReference: Hashable, Sendable, Encodable {
    /// Its name in addresses.
    public var key: String
    /// Its place in the role's list, from 1.
    public var number: Int
    /// In its newest version.
    public var prompt: String
    public var version: Int
    let id: Int64

    enum CodingKeys: String, CodingKey {
        case key, number, prompt, version
    }
}

/// A role with the questions that it asks, in order.
public struct RoleDetails: Hashable, Sendable, Encodable {
    public var role: RoleReference
    public var questions: [QuestionReference]
}

extension Reviews {
    public func role(_ slug: String, viewer: Viewer) async throws -> RoleDetails {
        let role = try await reach(slug, viewer: viewer)
        return RoleDetails(role: role, questions: try await questions(of: role))
    }

    func reach(_ slug: String, viewer: Viewer) async throws -> RoleReference {
        let found = try await pool.query(
            PostgresQuery(
                named: "reviews.role",
                """
                SELECT role_id, slug, title, blind FROM dailies.role_access
                WHERE viewer_id = \(viewer.reviewerID) AND slug = \(slug)
                """), as: RoleReference.self)
        guard let role = found.first else { throw ReviewsError.notFound("role") }
        return role
    }

    func questions(of role: RoleReference) async throws -> [QuestionReference] {
        try await pool.query(
            PostgresQuery(
                named: "reviews.questions",
                """
                SELECT q.id, q.key, q.position, v.prompt, v.version
                FROM dailies.questions q
                JOIN LATERAL (SELECT prompt, version FROM dailies.question_versions v WHERE v.question_id = q.id
                              ORDER BY version DESC LIMIT 1) AS v ON true
                WHERE q.role_id = \(role.id) AND q.position IS NOT NULL
                ORDER BY q.position
                """), as: QuestionReference.self)
    }
}

extension QuestionReference: PostgresRowDecodable {
    public init(from row: PostgresRow) throws(PostgresError) {
        key = try row.decode("key")
        number = try row.decode("position")
        prompt = try row.decode("prompt")
        version = try row.decode("version")
        id = try row.decode("id")
    }
}
