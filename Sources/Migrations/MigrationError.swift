public import Postgres

/// Why the schema cannot be brought up to date, or be used.
public enum MigrationError: Error, Sendable, CustomStringConvertible {
    /// A migration's file is not what was applied under its number.
    case edited(file: String, appliedAs: String)
    /// The database has a migration that this program should know and does not.
    case missing(file: String)
    /// A migration that was not applied has a lower number than one that was.
    case outOfOrder(file: String, highestApplied: Int)
    /// The functions, triggers and views of this program differ from those that were applied with the same revision.
    case definitionsEdited(revision: Int)
    /// The database was made before the first release, whose migrations were put together anew.
    case madeBeforeFirstRelease
    /// Two migrations of this program have the same number.
    case duplicate(number: Int)
    /// The schema lacks migrations that this program needs.
    case pending(files: [String])
    /// A migration failed; it was rolled back, and the ones before it stay applied.
    case failed(file: String, PostgresError)
    /// The database could not be asked.
    case database(PostgresError)

    public var description: String {
        switch self {
        case .edited(let file, let applied) where file != applied:
            "The migration \(file) was applied to this database as \(applied). Restore the file under its old name and number."
        case .edited(let file, _):
            "The migration \(file) was edited after it had been applied to this database. "
                + "Restore the file as it was, and put the change into a new migration."
        case .missing(let file):
            "The migration \(file) was applied to this database, but this program does not contain it. "
                + "Restore the file, or use the program that applied it."
        case .outOfOrder(let file, let highest):
            "The migration \(file) was never applied to this database, which already has number \(highest). "
                + "Give it a number above \(highest)."
        case .definitionsEdited(let revision):
            "The functions of the schema were changed, but still have the revision \(revision), which this database got in another form. "
                + "Raise `Definitions.revision` in Sources/Migrations, or use the program that applied them."
        case .madeBeforeFirstRelease:
            "This database was made by a version of Dailies from before its first release, and cannot be brought up to date. "
                + "Use an empty database; recordings in storage can be imported again."
        case .duplicate(let number):
            "Two migrations have the number \(number). Give one of them the next free number."
        case .pending(let files):
            "The database's schema is older than this program: \(files.joined(separator: ", ")) \(files.count == 1 ? "is" : "are") missing. "
                + "Run `dailies migrate`."
        case .failed(let file, let error):
            "The migration \(file) failed and was rolled back. \(error)"
        case .database(let error):
            error.description
        }
    }

    /// The database's error, where there is one.
    public var underlying: PostgresError? {
        switch self {
        case .failed(_, let error), .database(let error): error
        default: nil
        }
    }
}

extension MigrationError: Hashable {
    public static func == (left: MigrationError, right: MigrationError) -> Bool { left.description == right.description }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(description)
    }
}
