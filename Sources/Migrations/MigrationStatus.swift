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

/// How a database stands to the migrations of this program: a comparison of two lists, without I/O.
public struct MigrationStatus: Sendable, Hashable {
    /// Applied, in order, the newer ones included.
    public let applied: [AppliedMigration]

    /// Known here and not yet applied, in order.
    public let pending: [Migration]

    /// Applied by a newer program: numbers above every one that is known here. This program goes on working with them, because
    /// migrations keep what the version before needs.
    public let newer: [AppliedMigration]

    /// What makes it unsafe to go on, if anything: applied ones whose file was edited or is missing, or pending ones below one that
    /// is applied.
    public let contradiction: MigrationError?

    public init(known: [Migration], applied: [AppliedMigration]) {
        let applied = applied.sorted { $0.number < $1.number }
        let known = known.sorted { $0.number < $1.number }
        let highestKnown = known.last?.number ?? 0
        let highestApplied = applied.last?.number ?? 0
        self.applied = applied
        newer = applied.filter { $0.number > highestKnown }
        pending = known.filter { migration in !applied.contains { $0.number == migration.number } }

        var contradiction: MigrationError?
        for step in applied where step.number <= highestKnown && contradiction == nil {
            if let file = known.first(where: { $0.number == step.number }) {
                if file.checksum != step.checksum { contradiction = .edited(file: file.fileName, appliedAs: step.fileName) }
            } else {
                contradiction = .missing(file: step.fileName)
            }
        }
        if contradiction == nil, let late = pending.first(where: { $0.number < highestApplied }) {
            contradiction = .outOfOrder(file: late.fileName, highestApplied: highestApplied)
        }
        self.contradiction = contradiction
    }
}
