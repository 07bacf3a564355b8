public import Postgres

/// A member of the hiring team.
public struct Reviewer: Sendable, Hashable {
    /// What an account may do at all; which roles it reaches is said elsewhere.
    public enum Access: String, Sendable, Hashable, CaseIterable, PostgresDecodable, PostgresEncodable {
        case admin, reviewer
    }

    public var id: Int64
    /// Lower-case, as people sign in with it.
    public var email: String
    public var name: String
    public var access: Access
    public var isDisabled: Bool
    /// Whether there is a password; without one, a link or the proxy says who it is.
    public var hasPassword: Bool

    public var isAdmin: Bool { access == .admin }
}

extension Reviewer: PostgresRowDecodable {
    /// From the columns of ``columns``.
    public init(from row: PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("id"), email: try row.decode("email"), name: try row.decode("name"), access: try row.decode("access"),
            isDisabled: try row.decode("is_disabled"), hasPassword: try row.decode("has_password"))
    }

    /// What every query that makes reviewers selects of `dailies.reviewers AS r`.
    static let columns: PostgresQuery =
        "r.id, r.email, r.name, r.access, r.disabled_at IS NOT NULL AS is_disabled, r.password_hash IS NOT NULL AS has_password"
}
