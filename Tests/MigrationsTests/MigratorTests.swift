import Logging
import Migrations
import Postgres
import Synchronization
import TestSupport
import Testing

@Suite(.tags(.database), .timeLimit(.minutes(10))) struct MigratorTests {
    private let steps = [
        Migration(number: 1, name: "roles", sql: "CREATE TABLE dailies.roles (id int); INSERT INTO dailies.roles VALUES (1)"),
        Migration(number: 2, name: "jobs", sql: "CREATE TABLE dailies.jobs (id int)"),
    ]
    private let broken = Migration(number: 3, name: "broken", sql: "CREATE TABLE dailies.half (); SELECT 1/0")

    private func withConnection(_ body: (PostgresConnection, String) async throws -> Void) async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            try await body(try await PostgresConnection.connect(conninfo), conninfo)
        }
    }

    private func migrationError(_ body: () async throws -> Void) async -> MigrationError? {
        do {
            try await body()
            return nil
        } catch {
            return error as? MigrationError
        }
    }

    @Test func `The schema of Dailies applies to an empty database, and a second time nothing is left to do`() async throws {
        try await withConnection { connection, _ in
            let migrator = Migrator()
            #expect(await migrationError { try await migrator.verify(on: connection) } != nil)
            #expect(try await migrator.apply(on: connection).applied == Migrations.all)
            #expect(try await migrator.apply(on: connection).applied.isEmpty)
            try await migrator.verify(on: connection)
            let status = try await migrator.status(on: connection)
            #expect(status.applied.map(\.checksum) == Migrations.all.map(\.checksum))
        }
    }

    @Test func `The definitions come with the last migration, and again whenever their revision is higher`() async throws {
        try await withConnection { connection, _ in
            func definitions(_ revision: Int, _ value: Int) -> Definitions {
                Definitions(
                    revision: revision,
                    sql: "CREATE OR REPLACE FUNCTION dailies.value() RETURNS int LANGUAGE sql AS 'SELECT \(value) FROM dailies.jobs'")
            }
            func value() async throws -> Int? {
                try await connection.query("SELECT coalesce((SELECT dailies.value()), 0)", as: Int.self).first
            }
            let first = Migrator(steps, definitions: definitions(1, 1))
            #expect(try await first.apply(on: connection).applied == steps)
            try await connection.script("INSERT INTO dailies.jobs VALUES (1)")
            #expect(try await value() == 1)

            let second = Migrator(steps, definitions: definitions(2, 2))
            guard case .pending(let missing)? = await migrationError({ try await second.verify(on: connection) }) else {
                Issue.record("a database with older functions is taken for a current one")
                return
            }
            #expect(missing == ["the functions, triggers and views"])
            let report = try await second.apply(on: connection)
            #expect(report.applied.isEmpty && report.updatedDefinitions)
            try await second.verify(on: connection)
            #expect(try await value() == 2)
            // A program of the release before goes on, and leaves the newer ones.
            _ = try await first.apply(on: connection)
            try await first.verify(on: connection)
            #expect(try await value() == 2)

            let edited = Migrator(steps, definitions: definitions(2, 3))
            #expect(await migrationError { _ = try await edited.apply(on: connection) } == .definitionsEdited(revision: 2))
            #expect(try await value() == 2)
        }
    }

    @Test func `Definitions that fail undo the migration that they came with`() async throws {
        try await withConnection { connection, _ in
            let migrator = Migrator(steps, definitions: Definitions(revision: 1, sql: "CREATE OR REPLACE VIEW dailies.broken AS SELECT x"))
            guard case .failed(let file, _)? = await migrationError({ _ = try await migrator.apply(on: connection) }) else {
                Issue.record("no failure was told")
                return
            }
            #expect(file == "0002_jobs.sql")
            let status = try await Migrator(steps).status(on: connection)
            #expect(status.pending == [steps[1]])
        }
    }

    @Test func `A database from before the first release is told what it is`() async throws {
        try await withConnection { connection, _ in
            try await connection.script(
                "CREATE SCHEMA dailies; CREATE TABLE dailies.migrations (number int, name text, checksum text, applied_at timestamptz)")
            let error = await migrationError { _ = try await Migrator().apply(on: connection) }
            #expect(error == .madeBeforeFirstRelease)
        }
    }

    @Test func `Twenty processes that start together apply each migration once`() async throws {
        try await withConnection { connection, conninfo in
            let migrator = Migrator(steps)
            let applied = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await migrator.apply(on: try await PostgresConnection.connect(conninfo)).applied.count }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            #expect(applied.reduce(0, +) == 2)
            #expect(try await connection.query("SELECT count(*) FROM dailies.roles", as: Int.self) == [1])
            #expect(try await connection.query("SELECT number FROM dailies.migrations ORDER BY number", as: Int.self) == [1, 2])
        }
    }

    @Test func `A migration that fails is undone, the ones before it stay, and the next start goes on from there`() async throws {
        try await withConnection { connection, _ in
            let error = await migrationError { _ = try await Migrator(steps + [broken]).apply(on: connection) }
            #expect(error?.description.contains("0003_broken.sql failed and was rolled back") == true)
            #expect(error?.underlying?.sqlState?.rawValue == "22012")
            let isUndone = try await connection.query("SELECT to_regclass('dailies.half') IS NULL", as: Bool.self)
            #expect(isUndone == [true])
            let mended = Migration(number: 3, name: "broken", sql: "CREATE TABLE dailies.half ()")
            #expect(try await Migrator(steps + [mended]).apply(on: connection).applied == [mended])
        }
    }

    @Test func `Edited and missing migrations stop everything before anything is applied`() async throws {
        try await withConnection { connection, _ in
            _ = try await Migrator(steps).apply(on: connection)
            let edited = [Migration(number: 1, name: "roles", sql: "-- nothing"), steps[1], broken]
            let missing = [steps[1], broken]
            for (migrations, expected) in [
                (edited, MigrationError.edited(file: "0001_roles.sql", appliedAs: "0001_roles.sql")),
                (missing, .missing(file: "0001_roles.sql")),
            ] {
                let migrator = Migrator(migrations)
                #expect(await migrationError { _ = try await migrator.apply(on: connection) } == expected)
                #expect(await migrationError { try await migrator.verify(on: connection) } == expected)
            }
            #expect(await migrationError { _ = try await Migrator(steps + steps).apply(on: connection) } == .duplicate(number: 1))
        }
    }

    @Test func `An older program goes on with a newer schema and says so; a newer program asks for the migration`() async throws {
        try await withConnection { connection, _ in
            let older = Migrator([steps[0]])
            let newer = Migrator(steps)
            _ = try await older.apply(on: connection)
            let pending = await migrationError { try await newer.verify(on: connection) }
            #expect(pending == .pending(files: ["0002_jobs.sql"]))
            #expect(pending?.description.contains("dailies migrate") == true)
            _ = try await newer.apply(on: connection)
            try await older.verify(on: connection)
            let report = try await older.apply(on: connection)
            #expect(report.applied.isEmpty)
            #expect(report.newer.map(\.number) == [2])
        }
    }

    private static let lock: PostgresQuery = "SELECT pg_advisory_lock(\(Int64(0x64_61_69_6c_69_65_73)))"
    private static let unlock: PostgresQuery = "SELECT pg_advisory_unlock(\(Int64(0x64_61_69_6c_69_65_73)))"

    @Test func `Whoever waits for another migration can be cancelled, and holds no lock afterwards`() async throws {
        try await withConnection { other, conninfo in
            try await other.query(Self.lock)
            let said = SaidLines()
            let logger = Logger(label: "test") { _ in Told { said.add($0) } }
            let task = Task { try await Migrator(steps, logger: logger).apply(on: try await PostgresConnection.connect(conninfo)).applied }
            let waits: PostgresQuery = """
                SELECT EXISTS (SELECT FROM pg_locks JOIN pg_database d ON d.oid = database
                WHERE locktype = 'advisory' AND NOT granted AND datname = current_database())
                """
            try await until(waits, on: other)
            #expect(said.lines.contains { $0.contains("another session holds the lock") && $0.contains("\(other.backendID)") })
            task.cancel()
            let error = await migrationError { _ = try await task.value }
            #expect(error?.underlying?.isCancellation == true)
            try await other.query(Self.unlock)
            #expect(try await Migrator(steps).apply(on: other).applied == steps)
        }
    }

    @Test func `A user who may not create finds an up-to-date schema sufficient`() async throws {
        try await withConnection { connection, _ in
            _ = try await Migrator(steps).apply(on: connection)
            let reader = "reader_\(connection.backendID)"
            try await connection.script(
                """
                CREATE ROLE \(reader) NOLOGIN;
                GRANT USAGE ON SCHEMA dailies TO \(reader);
                GRANT SELECT ON dailies.migrations TO \(reader);
                SET ROLE \(reader);
                """)
            #expect(try await Migrator(steps).apply(on: connection).applied.isEmpty)
            try await Migrator(steps).verify(on: connection)
            try await connection.script("RESET ROLE; DROP OWNED BY \(reader); DROP ROLE \(reader)")
        }
    }
}

private final class SaidLines: Sendable {
    private let state = Mutex<[String]>([])

    var lines: [String] { state.withLock { $0 } }

    func add(_ line: String) { state.withLock { $0.append(line) } }
}

/// Passes what is logged on.
private struct Told: LogHandler {
    let tell: @Sendable (String) -> Void
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level = .trace

    init(_ tell: @escaping @Sendable (String) -> Void) { self.tell = tell }

    func log(event: LogEvent) { tell("\(event.message) \(event.metadata ?? [:])") }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }
}
