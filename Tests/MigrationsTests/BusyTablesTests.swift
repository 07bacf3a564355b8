import Migrations
import Postgres
import TestSupport
import Testing

/// Migrations on a database that others work on at the same time.
@Suite(.tags(.database), .timeLimit(.minutes(10))) struct BusyTablesTests {
    private let table = Migration(number: 1, name: "table", sql: "CREATE TABLE dailies.beats (id int)")
    private let change = Migration(number: 2, name: "change", sql: "ALTER TABLE dailies.beats ADD COLUMN at timestamptz")

    @Test func `A migration behind a long transaction lets those through who came after it, and is applied in the end`() async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            let reader = try await PostgresConnection.connect(conninfo)
            let worker = try await PostgresConnection.connect(conninfo)
            _ = try await Migrator([table]).apply(on: worker)
            try await reader.script("BEGIN; SELECT FROM dailies.beats")
            async let report = Migrator([table, change]).apply(on: PostgresConnection.connect(conninfo))
            let waits: PostgresQuery = """
                SELECT EXISTS (SELECT FROM pg_locks WHERE relation = 'dailies.beats'::regclass AND NOT granted)
                """
            try await until(waits, on: worker)
            // Each comes while the migration waits, and would wait as long as the reader does, which is for ever.
            for _ in 1...2 { try await worker.script("INSERT INTO dailies.beats VALUES (1)") }
            try await reader.script("COMMIT")
            #expect(try await report.applied == [change])
            #expect(try await worker.query("SELECT count(*) FROM dailies.beats WHERE at IS NULL", as: Int.self) == [2])
        }
    }
}
