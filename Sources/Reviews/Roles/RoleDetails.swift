public import Postgres

/// A role with the questions that it asks, in order.
public struct RoleDetails: Hashable, Sendable, Encodable {
    public var role: RoleReference
    public var questions: [QuestionReference]
}

extension Reviews {
    public func role(_ slug: String, viewer: Viewer) async throws -> RoleDetails {
        let rows = try await pool.query(
            PostgresQuery(
                named: "reviews.role_details",
                """
                SELECT a.role_id, a.slug, a.title, a.blind, q.id, q.key, q.position, v.prompt, v.version
                FROM dailies.role_access a
                LEFT JOIN (dailies.questions q
                           JOIN LATERAL (SELECT prompt, version FROM dailies.question_versions v WHERE v.question_id = q.id
                                         ORDER BY version DESC LIMIT 1) AS v ON true)
                    ON q.role_id = a.role_id AND q.position IS NOT NULL
                WHERE a.viewer_id = \(viewer.reviewerID) AND a.slug = \(slug)
                ORDER BY q.position
                """))
        guard let role = try rows.first.map(RoleReference.init(from:)) else { throw ReviewsError.notFound("role") }
        let asked = try rows.filter { row in try row.decode("id", as: Int64?.self) != nil }
        return RoleDetails(role: role, questions: try asked.map(QuestionReference.init(from:)))
    }

    /// The role without its questions.
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
