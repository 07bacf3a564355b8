public import FoundationEssentials
public import Postgres

/// A token with which a program uses the API, as lists show it. The secret itself is shown once and not kept.
public struct APIToken: Sendable, Hashable {
    public enum Scope: String, Sendable, Hashable, CaseIterable, PostgresDecodable, PostgresEncodable {
        /// May only read.
        case read
        /// May also rate, comment and decide.
        case write
    }

    public var id: Int64
    public var reviewerEmail: String
    public var name: String
    public var scope: Scope
    public var createdAt: Date
    public var lastUsedAt: Date?
    public var isRevoked: Bool
}

extension APIToken: PostgresRowDecodable {
    public init(from row: PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("id"), reviewerEmail: try row.decode("email"), name: try row.decode("name"), scope: try row.decode("scope"),
            createdAt: try row.decode("created_at"), lastUsedAt: try row.decode("last_used_at"), isRevoked: try row.decode("is_revoked"))
    }
}
