public import Postgres

/// The revision of the functions, triggers and views that a database has.
public struct AppliedDefinitions: Sendable, Hashable {
    public let revision: Int
    public let checksum: String

    public init(revision: Int, checksum: String) {
        self.revision = revision
        self.checksum = checksum
    }
}

extension AppliedDefinitions: PostgresRowDecodable {
    public init(from row: PostgresRow) throws(PostgresError) {
        revision = try row.decode("revision")
        checksum = try row.decode("checksum")
    }
}
