public import Postgres

/// A role that the viewer reaches.
public struct RoleReference: Hashable, Sendable, Encodable {
    /// Its name in URLs.
    public var slug: String
    public var title: String
    /// Whether the candidates' identities are hidden.
    public var isBlind: Bool
    let id: Int64

    enum CodingKeys: String, CodingKey {
        case slug, title, isBlind
    }
}

extension RoleReference: PostgresRowDecodable {
    public init(from row: PostgresRow) throws(PostgresError) {
        slug = try row.decode("slug")
        title = try row.decode("title")
        isBlind = try row.decode("blind")
        id = try row.decode("role_id")
    }
}
