public import Logging
public import Postgres

/// Brings a database's schema up to date.
///
/// Any number of processes may do so at the same moment: a session-level advisory lock lets one after the other in, and whoever
/// comes later finds nothing left to do. (Through a pooler in transaction mode such a lock does not hold: migrate over a direct
/// connection.)
public struct Migrator: Sendable {
    private let migrations: [Migration]
    private let logger: Logger

    public init(_ migrations: [Migration] = Migrations.all, logger: Logger = Logger(label: "dailies.migrations")) {
        self.migrations = migrations.sorted { $0.number < $1.number }
        self.logger = logger
    }

    /// What ``apply(on:)`` did.
    public struct Report: Sendable, Hashable {
        /// The migrations that this call applied, in order; empty when there was nothing to do.
        public let applied: [Migration]
        /// Migrations of a newer program that the database already has. They are no error: say that the database is newer.
        public let newer: [AppliedMigration]
    }

    /// Applies what is missing, each migration in a transaction of its own, after every applied one has been compared with its file.
    /// Waits while another process does the same. Cancellation rolls back the migration that is under way.
    public func apply(on connection: PostgresConnection) async throws(MigrationError) -> Report {
        for (one, next) in zip(migrations, migrations.dropFirst()) where one.number == next.number {
            throw .duplicate(number: one.number)
        }
        try await lock(connection)
        let result: Result<Report, MigrationError>
        do throws(MigrationError) {
            result = .success(try await applyPending(on: connection))
        } catch {
            result = .failure(error)
        }
        await unlock(connection)
        return try result.get()
    }

    /// Compares, and changes nothing; a database without the schema has everything pending.
    public func status(on connection: PostgresConnection) async throws(MigrationError) -> MigrationStatus {
        do throws(PostgresError) {
            guard try await hasTable(connection) else { return MigrationStatus(known: migrations, applied: []) }
            let query = PostgresQuery(
                named: "migrations.applied", "SELECT number, name, checksum, applied_at FROM dailies.migrations ORDER BY number")
            return MigrationStatus(known: migrations, applied: try await connection.query(query, as: AppliedMigration.self))
        } catch {
            throw .database(error)
        }
    }

    /// Makes sure that this program can work with the database. A newer schema is accepted, so that workers of the version before
    /// go on while a new version is rolled out.
    ///
    /// - Throws: ``MigrationError/pending(files:)`` when the schema is older, or the contradiction that was found.
    public func verify(on connection: PostgresConnection) async throws(MigrationError) {
        let status = try await status(on: connection)
        if let contradiction = status.contradiction { throw contradiction }
        guard status.pending.isEmpty else { throw .pending(files: status.pending.map(\.fileName)) }
    }
}

extension Migrator {
    /// Any number serves that other programs on the same database are unlikely to choose: the letters “dailies” in ASCII.
    private static let lockKey: Int64 = 0x64_61_69_6c_69_65_73

    private func lock(_ connection: PostgresConnection) async throws(MigrationError) {
        do throws(PostgresError) {
            let attempt: PostgresQuery = "SELECT pg_try_advisory_lock(\(Self.lockKey))"
            if try await connection.query(PostgresQuery(named: "migrations.try_lock", attempt)).one().decode(at: 0) { return }
            logger.notice("another process is migrating this database; waiting for it to finish")
            try await connection.query(PostgresQuery(named: "migrations.lock", "SELECT pg_advisory_lock(\(Self.lockKey))"))
        } catch {
            throw .database(error)
        }
    }

    private func unlock(_ connection: PostgresConnection) async {
        do throws(PostgresError) {
            // Also after cancellation: the connection lives on, and with it the lock would.
            let query = PostgresQuery(named: "migrations.unlock", "SELECT pg_advisory_unlock(\(Self.lockKey))")
            _ = try await connection.query(query, onCancellation: .finish(within: .seconds(10)))
        } catch {
            // A session that broke has lost its lock with it.
            logger.debug("the migration lock was not given back", metadata: ["error": "\(error)"])
        }
    }

    private func applyPending(on connection: PostgresConnection) async throws(MigrationError) -> Report {
        do throws(PostgresError) {
            // Not CREATE … IF NOT EXISTS: that asks for the right to create even where nothing is to be created.
            if try await !hasTable(connection) { try await connection.script(Self.bookkeeping, named: "migrations.bookkeeping") }
        } catch {
            throw .database(error)
        }
        let status = try await status(on: connection)
        if let contradiction = status.contradiction { throw contradiction }
        if !status.newer.isEmpty {
            logger.notice(
                "the database is newer than this program, which goes on working with it",
                metadata: ["newest": "\(status.newer.last?.fileName ?? "")"])
        }
        for migration in status.pending { try await apply(migration, on: connection) }
        return Report(applied: status.pending, newer: status.newer)
    }

    private func apply(_ migration: Migration, on connection: PostgresConnection) async throws(MigrationError) {
        logger.info("applying a migration", metadata: ["file": "\(migration.fileName)"])
        do {
            try await connection.transaction { connection in
                try await connection.script(migration.sql, named: migration.fileName)
                let record: PostgresQuery = """
                    INSERT INTO dailies.migrations (number, name, checksum)
                    VALUES (\(migration.number), \(migration.name), \(migration.checksum))
                    """
                try await connection.execute(PostgresQuery(named: "migrations.record", record))
            }
        } catch {
            let error = PostgresError(error)
            if case .server = error.kind { throw .failed(file: migration.fileName, error) }
            throw .database(error)
        }
    }

    private func hasTable(_ connection: PostgresConnection) async throws(PostgresError) -> Bool {
        let query = PostgresQuery(named: "migrations.has_table", "SELECT to_regclass('dailies.migrations') IS NOT NULL")
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
        """
}
