public import Postgres

/// A member of the hiring team, and whether they are assigned to a role. Admins reach every role without an assignment.
public struct RoleMember: Hashable, Sendable, Encodable {
    public var reviewerID: Int64
    public var name: String
    public var email: String
    public var isAdmin: Bool
    public var isMember: Bool
}

extension Reviews {
    /// Everybody who could review the role, sorted by name. For admins.
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

    /// Assigns a reviewer to a role, or removes the assignment. Ratings stay. For admins.
    public func setMembership(of reviewer: Int64, in slug: String, to isMember: Bool, viewer: Viewer) async throws {
        let role = try await reachAsAdmin(slug, viewer: viewer)
        let found = try await pool.query(
            PostgresQuery(named: "reviews.reviewer", "SELECT id FROM dailies.reviewers WHERE id = \(reviewer) AND disabled_at IS NULL"))
        guard !found.isEmpty else { throw ReviewsError.notFound("reviewer") }
        try await pool.execute(Self.settingMembership(of: reviewer, in: role.id, to: isMember, by: viewer.reviewerID))
    }

    /// The same for several roles at once: all or none. For the command line, which acts without a viewer.
    /// - Throws: `ReviewsError.notFound` for a role that does not exist.
    public func setMembership(of reviewer: Int64, in slugs: [String], to isMember: Bool) async throws {
        try await pool.transaction { connection in
            for slug in slugs {
                let found = try await connection.query(
                    PostgresQuery(named: "reviews.role_by_slug", "SELECT id FROM dailies.roles WHERE slug = \(slug)"))
                guard let role: Int64 = try found.first?.decode("id") else {
                    throw ReviewsError(
                        code: .notFound, description: "There is no role \"\(slug)\". `dailies role load FILE.yaml` loads one.")
                }
                try await connection.execute(Self.settingMembership(of: reviewer, in: role, to: isMember, by: nil))
            }
        }
    }

    private static func settingMembership(of reviewer: Int64, in role: Int64, to isMember: Bool, by actor: Int64?) -> PostgresQuery {
        let change: PostgresQuery =
            isMember
            ? "INSERT INTO dailies.role_reviewers (role_id, reviewer_id) VALUES (\(role), \(reviewer)) ON CONFLICT DO NOTHING RETURNING 1"
            : "DELETE FROM dailies.role_reviewers WHERE role_id = \(role) AND reviewer_id = \(reviewer) RETURNING 1"
        return PostgresQuery(
            named: "reviews.set_membership",
            """
            WITH changed AS (\(fragment: change))
            INSERT INTO dailies.audit_events (reviewer_id, action, role_id, detail)
            SELECT \(actor), \(isMember ? "member.added" : "member.removed"), \(role), jsonb_build_object('reviewer_id', \(reviewer))
            FROM changed
            """)
    }

    /// The slugs of the roles that each account is assigned to, by the account's id.
    public func memberships() async throws -> [Int64: [String]] {
        let rows = try await pool.query(
            PostgresQuery(
                named: "reviews.memberships",
                """
                SELECT m.reviewer_id, array_agg(r.slug ORDER BY r.slug) AS slugs
                FROM dailies.role_reviewers m JOIN dailies.roles r ON r.id = m.role_id GROUP BY m.reviewer_id
                """))
        var memberships: [Int64: [String]] = [:]
        for row in rows { memberships[try row.decode("reviewer_id")] = try row.decode("slugs", as: [String].self) }
        return memberships
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
