public import Postgres

/// How a role is reviewed.
public struct RoleSettings: Hashable, Sendable, Codable {
    /// When a reviewer sees others' ratings and comments on an answer.
    public enum OthersRatings: String, Hashable, Sendable, Codable, CaseIterable, PostgresDecodable {
        /// Once they have rated it, so that ratings stay independent.
        case afterOwn = "after_own"
        case always
        case never
    }

    /// Whether the candidates' identities are hidden, from admins too.
    public var isBlind: Bool
    public var othersRatings: OthersRatings
    /// Whether this rule holds for admins too.
    public var adminsFollowRule: Bool

    public init(isBlind: Bool = false, othersRatings: OthersRatings = .afterOwn, adminsFollowRule: Bool = true) {
        self.isBlind = isBlind
        self.othersRatings = othersRatings
        self.adminsFollowRule = adminsFollowRule
    }
}

extension Reviews {
    /// For admins.
    public func settings(of slug: String, viewer: Viewer) async throws -> RoleSettings {
        let rows = try await pool.query(
            PostgresQuery(
                named: "reviews.settings",
                """
                SELECT blind, others_ratings, admins_follow_rule, is_admin FROM dailies.role_access
                WHERE viewer_id = \(viewer.reviewerID) AND slug = \(slug)
                """))
        guard let row = rows.first else { throw ReviewsError.notFound("role") }
        guard try row.decode("is_admin") else { throw ReviewsError.adminsOnly }
        return RoleSettings(
            isBlind: try row.decode("blind"), othersRatings: try row.decode("others_ratings"),
            adminsFollowRule: try row.decode("admins_follow_rule"))
    }

    /// Changes a role's settings. The audit trail keeps the earlier ones. For admins.
    public func change(_ settings: RoleSettings, of slug: String, viewer: Viewer) async throws {
        let role = try await reachAsAdmin(slug, viewer: viewer)
        try await pool.execute(
            PostgresQuery(
                named: "reviews.change_settings",
                """
                WITH before AS (
                    SELECT jsonb_build_object('blind', blind, 'others_ratings', others_ratings, 'admins_follow_rule', admins_follow_rule) AS was
                    FROM dailies.role_access WHERE viewer_id = \(viewer.reviewerID) AND role_id = \(role.id)
                ), written AS (
                    INSERT INTO dailies.role_settings (role_id, blind, others_ratings, admins_follow_rule)
                    VALUES (\(role.id), \(settings.isBlind), \(settings.othersRatings.rawValue), \(settings.adminsFollowRule))
                    ON CONFLICT (role_id) DO UPDATE
                    SET blind = excluded.blind, others_ratings = excluded.others_ratings,
                        admins_follow_rule = excluded.admins_follow_rule, changed_at = now()
                    RETURNING *
                )
                INSERT INTO dailies.audit_events (reviewer_id, action, role_id, detail)
                SELECT \(viewer.reviewerID), 'settings.changed', w.role_id,
                       jsonb_build_object('blind', w.blind, 'others_ratings', w.others_ratings,
                                          'admins_follow_rule', w.admins_follow_rule, 'was', before.was)
                FROM written w, before
                """))
    }

    func reachAsAdmin(_ slug: String, viewer: Viewer) async throws -> RoleReference {
        let found = try await pool.query(
            PostgresQuery(
                named: "reviews.role_for_admin",
                """
                SELECT role_id, slug, title, blind, is_admin FROM dailies.role_access
                WHERE viewer_id = \(viewer.reviewerID) AND slug = \(slug)
                """))
        guard let row = found.first else { throw ReviewsError.notFound("role") }
        guard try row.decode("is_admin") else { throw ReviewsError.adminsOnly }
        return try RoleReference(from: row)
    }
}
