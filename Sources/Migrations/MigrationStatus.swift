/// How a database stands to the schema of this program: a comparison of what is known with what was applied, without I/O.
public struct MigrationStatus: Sendable, Hashable {
    /// Applied, in order, the newer ones included.
    public let applied: [AppliedMigration]

    /// Known here and not yet applied, in order.
    public let pending: [Migration]

    /// Applied by a newer program: numbers above every one that is known here. This program goes on working with them, because
    /// migrations keep what the version before needs.
    public let newer: [AppliedMigration]

    /// Whether the database's functions, triggers and views are older than this program's, or not there yet.
    public let needsDefinitions: Bool

    /// What makes it unsafe to go on, if anything: files that were edited or are missing, or pending migrations below one that is applied.
    public let contradiction: MigrationError?

    /// - Parameters:
    ///   - definitions: those of this program; `nil` where it has none.
    ///   - appliedDefinitions: those that the database has; `nil` where it has none yet.
    public init(
        known: [Migration], applied: [AppliedMigration], definitions: Definitions? = nil, appliedDefinitions: AppliedDefinitions? = nil
    ) {
        let applied = applied.sorted { $0.number < $1.number }
        let known = known.sorted { $0.number < $1.number }
        let highestKnown = known.last?.number ?? 0
        let highestApplied = applied.last?.number ?? 0
        self.applied = applied
        newer = applied.filter { $0.number > highestKnown }
        pending = known.filter { migration in !applied.contains { $0.number == migration.number } }
        needsDefinitions = definitions.map { $0.revision > appliedDefinitions?.revision ?? 0 } ?? false

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
        if contradiction == nil, let definitions, definitions.revision == appliedDefinitions?.revision,
            definitions.checksum != appliedDefinitions?.checksum
        {
            contradiction = .definitionsEdited(revision: definitions.revision)
        }
        self.contradiction = contradiction
    }
}
