public import Postgres

/// A member of the hiring team, and whether they review a role. Admins reach every role without being asked to.
public struct RoleMember: Hashable, Sendable, Encodable {
    public var reviewerID: Int64
    public var name: String
    public var email: String
    public var isAdmin: Bool
    public var isMember: Bool
}

extension Reviews {
    /// Everybody who could review the role, by name. For admins.
    public func members(of slug: String, viewer: Viewer) async throws -> [RoleMember] {
        let role = try await reachAsAdmin(slug, viewer: viewer)
        return try await pool.query(
            PostgresQuery(
                named: "reviews.members",
                """
                SELECT v.id, v.name, v.email, v.access = 'admin' AS is_admin,
                       EXISTS (SELECT FROM dailies.role_reviewers m WHERE m.role_id = \(role.id) AND m.reviewer_id = v.id) AS is_member
                FROM dailies.reviewers v WHERE v.disabled_at IS NULL ORDER BY lower(v.name), v.id
                """), as: RoleMember.self)
    }

    /// Lets somebody review a role, or no longer. Their ratings stay. For admins.
    public func setMembership(of reviewer: Int64, in slug: String, to isMember: Bool, viewer: Viewer) async throws {
        let role = try await reachAsAdmin(slug, viewer: viewer)
        let found = try await pool.query(
            PostgresQuery(named: "reviews.reviewer", "SELECT id FROM dailies.reviewers WHERE id = \(reviewer) AND disabled_at IS NULL"))
        guard !found.isEmpty else { throw ReviewsError.notFound("reviewer") }
        let change: PostgresQuery =
            isMember
            ? "INSERT INTO dailies.role_reviewers (role_id, reviewer_id) VALUES (\(role.id), \(reviewer)) ON CONFLICT DO NOTHING RETURNING 1"
            : "DELETE FROM dailies.role_reviewers WHERE role_id = \(role.id) AND reviewer_id = \(reviewer) RETURNING 1"
        try await pool.execute(
            PostgresQuery(
                named: "reviews.set_membership",
                """
                WITH changed AS (\(fragment: change))
                INSERT INTO dailies.audit_events (reviewer_id, action, role_id, detail)
                SELECT \(viewer.reviewerID), \(isMember ? "member.added" : "member.removed"), \(role.id),
                       jsonb_build_object('reviewer_id', \(reviewer))
                FROM changed
                """))
    }
}

extension RoleMember: PostgresRowDecodable {
    public init(from row: PostgresRow) throws(PostgresError) {
        reviewerID = try row.decode("id")
        name = try row.decode("name")
        email = try row.decode("email")
        isAdmin = try row.decode("is_admin")
        isMember = try row.decode("is_member")
    }
}
