public import FoundationEssentials
public import Postgres

/// A migration that the database remembers.
public struct AppliedMigration: Sendable, Hashable {
    public let number: Int
    public let name: String
    public let checksum: String
    /// By the database's clock.
    public let appliedAt: Date

    public init(number: Int, name: String, checksum: String, appliedAt: Date) {
        self.number = number
        self.name = name
        self.checksum = checksum
        self.appliedAt = appliedAt
    }

    var fileName: String { Migration.fileName(number: number, name: name) }
}

extension AppliedMigration: PostgresRowDecodable {
    public init(from row: PostgresRow) throws(PostgresError) {
        number = try row.decode("number")
        name = try row.decode("name")
        checksum = try row.decode("checksum")
        appliedAt = try row.decode("applied_at")
    }
}
