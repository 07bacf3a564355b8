import Crypto

/// The functions, triggers and views of the schema, as SQL that may be run again and again.
///
/// Each is defined once, in a file of `Definitions` that is named after its subject, with `CREATE OR REPLACE`. To change one, edit it there
/// and raise ``revision``. The migrator runs all the files when the database has a lower revision, in the transaction of the last migration,
/// so that tables and functions are never of different releases.
///
/// What they cannot do is left to a migration: to remove a function, a trigger or a view, or to change the type of an argument, of a result
/// or of a view's column.
public struct Definitions: Sendable, Hashable {
    /// From 1; higher for every release that changes one of the files.
    public let revision: Int

    public let sql: String

    /// The SHA-256 of ``sql`` in hexadecimal. The database keeps it, so that an edit without a new revision is found out.
    public let checksum: String

    public init(revision: Int, sql: String) {
        self.revision = revision
        self.sql = sql
        checksum = SHA256.hexadecimal(of: sql)
    }

    /// Those of this release. A file comes after those that it needs: SQL functions and views are checked when they are made.
    public static let all = Definitions(revision: 2, sql: files.map { String(decoding: $0.sql, as: UTF8.self) }.joined(separator: "\n"))

    /// Every file of the folder, except the grants.
    static let files: [(name: String, sql: [UInt8])] = [
        ("queue_turns.sql", PackageResources.queue_turns_sql),
        ("queue_claiming.sql", PackageResources.queue_claiming_sql),
        ("queue_ending.sql", PackageResources.queue_ending_sql),
        ("queue_history.sql", PackageResources.queue_history_sql),
        ("queue_operations.sql", PackageResources.queue_operations_sql),
        ("roles.sql", PackageResources.roles_sql),
        ("trail.sql", PackageResources.trail_sql),
        ("answers.sql", PackageResources.answers_sql),
        ("current_answers.sql", PackageResources.current_answers_sql),
        ("records.sql", PackageResources.records_sql),
        ("renditions.sql", PackageResources.renditions_sql),
        ("accounts.sql", PackageResources.accounts_sql),
        ("reviews.sql", PackageResources.reviews_sql),
        ("fairness.sql", PackageResources.fairness_sql),
    ]
}
