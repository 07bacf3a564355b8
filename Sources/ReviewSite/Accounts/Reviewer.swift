public import Postgres

/// A member of the hiring team.
public struct Reviewer: Sendable, Hashable {
    /// What an account may do in general. The roles that it reaches are stored separately.
    public enum Access: String, Sendable, Hashable, CaseIterable, PostgresDecodable, PostgresEncodable {
        case admin, reviewer
    }

    public var id: Int64
    /// As `dailies.email_address` spells it. People sign in with it, in any spelling that leads to it.
    public var email: String
    public var name: String
    public var access: Access
    public var isDisabled: Bool
    /// Whether the account has a password. Without one, a link or the proxy signs the reviewer in.
    public var hasPassword: Bool

    public var isAdmin: Bool { access == .admin }
}

extension Reviewer: PostgresRowDecodable {
    /// Reads the columns ``columns``.
    public init(from row: PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("id"), email: try row.decode("email"), name: try row.decode("name"), access: try row.decode("access"),
            isDisabled: try row.decode("is_disabled"), hasPassword: try row.decode("has_password"))
    }

    /// The columns that every query for reviewers selects from `dailies.reviewers AS r`.
    static let columns: PostgresQuery =
        "r.id, r.email, r.name, r.access, r.disabled_at IS NOT NULL AS is_disabled, r.password_hash IS NOT NULL AS has_password"
}
