public import Logging
public import Postgres

/// Brings a database's schema up to date.
///
/// Any number of processes may do so at the same moment: an advisory lock lets one after the other in, and whoever comes later finds
/// nothing left to do. The lock belongs to each migration's transaction, not to the session, so that it also holds, and is also given
/// back, where a pooler in transaction mode gives every transaction another session.
public struct Migrator: Sendable {
    private let migrations: [Migration]
    private let definitions: Definitions?
    private let grants: Grants?
    private let logger: Logger

    /// For the schema of this release, and who may do what in it.
    public init(logger: Logger = Logger(label: "dailies.migrations")) {
        self.init(Migrations.all, definitions: .all, grants: .all, logger: logger)
    }

    /// - Parameters:
    ///   - definitions: applied together with the last of the migrations, and whenever the database has a lower revision of them.
    ///   - grants: given together with the last of the migrations, and again by every ``apply(on:)`` that finds nothing to do.
    public init(
        _ migrations: [Migration], definitions: Definitions? = nil, grants: Grants? = nil,
        logger: Logger = Logger(label: "dailies.migrations")
    ) {
        self.migrations = migrations.sorted { $0.number < $1.number }
        self.definitions = definitions
        self.grants = grants
        self.logger = logger
    }

    /// What ``apply(on:)`` did.
    public struct Report: Sendable, Hashable {
        /// The migrations that this call applied, in order; empty when there was nothing to do.
        public let applied: [Migration]
        /// Whether this call brought the functions, triggers and views to this program's revision, without a migration.
        public let updatedDefinitions: Bool
        /// Migrations of a newer program that the database already has. They are no error: say that the database is newer.
        public let newer: [AppliedMigration]
    }

    /// Applies what is missing, each migration in a transaction of its own, after every applied one has been compared with its file.
    /// Waits while another process does the same. Cancellation rolls back the migration that is under way.
    ///
    /// Workers go on meanwhile. A migration that cannot get a table's lock within a second, because a long transaction has the table,
    /// gives up its place in the queue, in which everybody else would wait behind it, and is tried again until it succeeds.
    public func apply(on connection: PostgresConnection) async throws(MigrationError) -> Report {
        for (one, next) in zip(migrations, migrations.dropFirst()) where one.number == next.number {
            throw .duplicate(number: one.number)
        }
        var applied: [Migration] = []
        var lostLocks = 0
        while true {
            switch try await step(on: connection) {
            case .applied(let migration):
                applied.append(migration)
                lostLocks = 0
            case .nothingLeft(let newer, let updatedDefinitions):
                return Report(applied: applied, updatedDefinitions: updatedDefinitions, newer: newer)
            case .tablesInUse(let file):
                if lostLocks == 0 {
                    logger.notice("a long transaction has the tables of a migration; trying until it ends", metadata: ["file": "\(file)"])
                }
                lostLocks += 1
                do { try await Task.sleep(for: Self.pause(after: lostLocks)) } catch { throw .database(PostgresError(error)) }
            }
        }
    }

    /// Compares, and changes nothing; a database without the schema has everything pending. So has one that this account may not look
    /// into yet: its rights come with the last migration.
    public func status(on connection: PostgresConnection) async throws(MigrationError) -> MigrationStatus {
        do {
            guard try await mayReadTable(connection) else {
                return MigrationStatus(known: migrations, applied: [], definitions: definitions)
            }
            let query = PostgresQuery(
                named: "migrations.applied", "SELECT number, name, checksum, applied_at FROM dailies.migrations ORDER BY number")
            return MigrationStatus(
                known: migrations, applied: try await connection.query(query, as: AppliedMigration.self),
                definitions: definitions, appliedDefinitions: definitions == nil ? nil : try await appliedDefinitions(connection))
        } catch let error as MigrationError {
            throw error
        } catch {
            throw .database(PostgresError(error))
        }
    }

    /// Makes sure that this program can work with the database. A newer schema is accepted, so that workers of the version before
    /// go on while a new version is rolled out.
    ///
    /// - Throws: ``MigrationError/pending(files:)`` when the schema is older, or the contradiction that was found.
    public func verify(on connection: PostgresConnection) async throws(MigrationError) {
        let status = try await status(on: connection)
        if let contradiction = status.contradiction { throw contradiction }
        let missing = status.pending.map(\.fileName) + (status.needsDefinitions ? [Self.definitionsName] : [])
        guard missing.isEmpty else { throw .pending(files: missing) }
    }
}

extension Migrator {
    /// Any number serves that other programs on the same database are unlikely to choose: the letters “dailies” in ASCII.
    private static let lockKey: Int64 = 0x64_61_69_6c_69_65_73

    /// How long a migration may stand in the way of those who queue behind it: well below a worker's lease, which it must not cost.
    private static let lockTimeout = Duration.seconds(1)

    /// Longer than the lock's timeout, so that those who queued behind it get through in between.
    private static func pause(after failures: Int) -> Duration {
        lockTimeout * Double(min(failures, 5)) * Double.random(in: 1...1.5)
    }

    private enum Step {
        case applied(Migration)
        case nothingLeft(newer: [AppliedMigration], updatedDefinitions: Bool)
        case tablesInUse(file: String)
    }

    /// One transaction: the lock, a look at what is missing, and the first of it.
    private func step(on connection: PostgresConnection) async throws(MigrationError) -> Step {
        var file: String?
        do {
            // Read committed, whatever the database's default: what is seen must be newer than the lock.
            return try await connection.transaction(isolation: .readCommitted) { connection in
                try await lock(connection)
                // Not CREATE … IF NOT EXISTS: that asks for the right to create even where nothing is to be created.
                if try await !hasTable("migrations", connection) {
                    try await connection.script(Self.bookkeeping, named: "migrations.bookkeeping")
                }
                let status = try await status(on: connection)
                if let contradiction = status.contradiction { throw contradiction }
                if let migration = status.pending.first {
                    file = migration.fileName
                    try await apply(migration, on: connection)
                    // What follows belongs to the whole schema, and is of one transaction with the last of it.
                    if status.pending.count > 1 { return .applied(migration) }
                }
                if status.needsDefinitions, let definitions {
                    if status.pending.isEmpty { file = Self.definitionsName }
                    try await apply(definitions, on: connection)
                }
                // A newer program has given its own rights.
                if status.newer.isEmpty { try await grant(on: connection) }
                if let migration = status.pending.first { return .applied(migration) }
                report(status.newer)
                return .nothingLeft(newer: status.newer, updatedDefinitions: status.needsDefinitions)
            }
        } catch let error as MigrationError {
            throw error
        } catch {
            let error = PostgresError(error)
            guard let file, case .server = error.kind else { throw .database(error) }
            if error.sqlState == .lockNotAvailable { return .tablesInUse(file: file) }
            throw .failed(file: file, error)
        }
    }

    private func report(_ newer: [AppliedMigration]) {
        guard let newest = newer.last else { return }
        logger.notice(
            "the database is newer than this program, which goes on working with it", metadata: ["newest": "\(newest.fileName)"])
    }

    /// Until the end of the transaction.
    private func lock(_ connection: PostgresConnection) async throws(PostgresError) {
        let attempt: PostgresQuery = "SELECT pg_try_advisory_xact_lock(\(Self.lockKey))"
        if try await connection.query(PostgresQuery(named: "migrations.try_lock", attempt)).one().decode(at: 0) { return }
        let holders = try await connection.query(
            PostgresQuery(named: "migrations.lock_holder", Self.lockHolder), as: (Int32.self, String?.self, String?.self))
        // It may have ended by now.
        if let (pid, account, program) = holders.first {
            logger.notice(
                "another session holds the lock of migrations; waiting for it to end",
                metadata: ["pid": "\(pid)", "account": "\(account ?? "unknown")", "program": "\(program ?? "unknown")"])
        }
        try await connection.query(PostgresQuery(named: "migrations.lock", "SELECT pg_advisory_xact_lock(\(Self.lockKey))"))
    }

    /// Before the schema is there, no row of its own can be locked; and any account can hold an advisory lock. So it is said who does.
    private static let lockHolder: PostgresQuery = """
        SELECT l.pid, a.usename::text AS account, a.application_name AS program
        FROM pg_locks l LEFT JOIN pg_stat_activity a ON a.pid = l.pid
        WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1
          AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
          AND l.classid::bigint = \(lockKey >> 32) AND l.objid::bigint = \(lockKey & 0xffff_ffff)
        LIMIT 1
        """

    private func apply(_ migration: Migration, on connection: PostgresConnection) async throws(PostgresError) {
        logger.info("applying a migration", metadata: ["file": "\(migration.fileName)"])
        try await limitLockWaits(connection)
        try await connection.script(migration.sql, named: migration.fileName)
        let record: PostgresQuery = """
            INSERT INTO dailies.migrations (number, name, checksum)
            VALUES (\(migration.number), \(migration.name), \(migration.checksum))
            """
        try await connection.execute(PostgresQuery(named: "migrations.record", record))
    }

    private func apply(_ definitions: Definitions, on connection: PostgresConnection) async throws(PostgresError) {
        logger.info("applying functions, triggers and views", metadata: ["revision": "\(definitions.revision)"])
        try await limitLockWaits(connection)
        try await connection.script(definitions.sql, named: Self.definitionsName)
        let record: PostgresQuery = """
            INSERT INTO dailies.definitions (revision, checksum) VALUES (\(definitions.revision), \(definitions.checksum))
            ON CONFLICT (is_only_row) DO UPDATE SET revision = excluded.revision, checksum = excluded.checksum, applied_at = now()
            """
        try await connection.execute(PostgresQuery(named: "migrations.record_definitions", record))
    }

    /// Until the end of the transaction.
    private func limitLockWaits(_ connection: PostgresConnection) async throws(PostgresError) {
        try await connection.script(
            "SET LOCAL lock_timeout = \(Int(Self.lockTimeout / .milliseconds(1)))", named: "migrations.lock_timeout")
    }

    /// Only the schema's owner can; where another account starts a program that has nothing to migrate, the rights stay as they are.
    private func grant(on connection: PostgresConnection) async throws(PostgresError) {
        guard let grants else { return }
        let query: PostgresQuery = """
            SELECT (SELECT count(*) FROM pg_roles WHERE rolname = ANY (\(grants.accounts))) = \(grants.accounts.count)
               AND (SELECT pg_has_role(nspowner, 'USAGE') FROM pg_namespace WHERE nspname = 'dailies')
            """
        guard try await connection.query(PostgresQuery(named: "migrations.has_accounts", query)).one().decode(at: 0) else { return }
        try await connection.script(grants.sql, named: "migrations.grants")
    }

    private func appliedDefinitions(_ connection: PostgresConnection) async throws -> AppliedDefinitions? {
        guard try await hasTable("definitions", connection) else { throw MigrationError.madeBeforeFirstRelease }
        let query = PostgresQuery(named: "migrations.applied_definitions", "SELECT revision, checksum FROM dailies.definitions")
        return try await connection.query(query, as: AppliedDefinitions.self).first
    }

    private func mayReadTable(_ connection: PostgresConnection) async throws(PostgresError) -> Bool {
        let query = PostgresQuery(
            named: "migrations.may_read_table",
            """
            -- Not by to_regclass, which is refused to an account that may not use the schema.
            SELECT EXISTS (
                SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = 'dailies' AND c.relname = 'migrations'
                  AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT'))
            """)
        return try await connection.query(query).one().decode(at: 0)
    }

    private func hasTable(_ name: String, _ connection: PostgresConnection) async throws(PostgresError) -> Bool {
        let query = PostgresQuery(named: "migrations.has_table", "SELECT to_regclass('dailies.' || \(name)) IS NOT NULL")
        return try await connection.query(query).one().decode(at: 0)
    }

    private static let bookkeeping = """
        CREATE SCHEMA IF NOT EXISTS dailies;
        CREATE TABLE dailies.migrations (
            number     integer PRIMARY KEY CHECK (number > 0),
            name       text NOT NULL,
            checksum   text NOT NULL CHECK (checksum ~ '^[0-9a-f]{64}$'),
            applied_at timestamptz NOT NULL DEFAULT now()
        );
        COMMENT ON TABLE dailies.migrations IS 'Which migrations were applied, and what their files held then.';
        CREATE TABLE dailies.definitions (
            is_only_row boolean PRIMARY KEY DEFAULT true CHECK (is_only_row),
            revision    integer NOT NULL CHECK (revision > 0),
            checksum    text NOT NULL CHECK (checksum ~ '^[0-9a-f]{64}$'),
            applied_at  timestamptz NOT NULL DEFAULT now()
        );
        COMMENT ON TABLE dailies.definitions IS 'Which revision of the functions, triggers and views this database has; one row.';
        """

    /// What stands for all files of the definitions in messages.
    public static let definitionsName = "the functions, triggers and views"

}
