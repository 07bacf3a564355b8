import TestSupport
import Testing

@testable import Postgres

/// A request to stop a query goes to the server on a connection of its own. One that comes late stops whatever runs then.
@Suite(.tags(.database), .timeLimit(.minutes(10))) struct LateCancelTests {
    enum Way: CaseIterable {
        case statement, pipeline, transaction, pooled
    }

    /// Waits until the watcher lets it go on.
    private static let waiting: PostgresQuery = "SELECT pg_advisory_lock(1)::text"

    private func run(_ way: Way, on pool: PostgresPool) async throws {
        switch way {
        case .statement: try await pool.query(Self.waiting)
        case .pooled:
            try await pool.withConnection { connection in
                connection.handle.isPooled = true
                try await connection.query("SELECT pg_advisory_xact_lock(1)::text")
            }
        case .pipeline: for result in try await pool.pipeline(["SELECT 1", Self.waiting]) { _ = try result.get() }
        case .transaction: try await pool.transaction { _ = try await $0.query(Self.waiting) }
        }
    }

    @Test(arguments: Way.allCases)
    func `A request to stop that is on its way for too long does not stop the next borrower's query`(way: Way) async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            try await TemporaryFolder.with { folder in
                let proxy = try PostgresProxy(before: conninfo, in: folder)
                defer { proxy.close() }
                var configuration = PostgresConfiguration(proxy.conninfo)
                configuration.stopTimeout = .milliseconds(300)
                let pool = PostgresPool(configuration, limit: 1)
                let watcher = try await PostgresConnection.connect(conninfo)
                try await watcher.script("SELECT pg_advisory_lock(1), pg_advisory_lock(2)")
                let backend = try await pool.withConnection { $0.backendID }

                proxy.holdCancels()
                let stopped = Task { try await run(way, on: pool) }
                try await untilRunning("%pg_advisory%lock(1)%", backend: backend, on: watcher)
                stopped.cancel()
                try await until { proxy.heldCancels == 1 }
                // The query ends by itself, while the request is still on its way.
                try await watcher.script("SELECT pg_advisory_unlock(1)")
                _ = await stopped.result

                let innocent = Task { try await pool.query("SELECT pg_advisory_lock(2)::text, 'innocent'") }
                try await until(
                    """
                    SELECT count(*) = 1 FROM pg_stat_activity
                    WHERE state = 'active' AND datname = current_database() AND query LIKE '%innocent%' AND pid <> pg_backend_pid()
                    """, on: watcher)
                proxy.releaseCancels()
                try await until { proxy.passedCancels == 1 }
                try await watcher.script("SELECT pg_advisory_unlock(2)")
                #expect(try await innocent.value.count == 1)
                #expect(try await pool.withConnection { $0.backendID } != backend, "a new connection took its place")
                await pool.close()
            }
        }
    }

    @Test func `A request that the server has certainly taken leaves the connection in use`() async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            try await TemporaryFolder.with { folder in
                let proxy = try PostgresProxy(before: conninfo, in: folder)
                defer { proxy.close() }
                let pool = PostgresPool(PostgresConfiguration(proxy.conninfo), limit: 1)
                let watcher = try await PostgresConnection.connect(conninfo)
                try await watcher.script("SELECT pg_advisory_lock(1)")
                let backend = try await pool.withConnection { $0.backendID }
                let stopped = Task { try await pool.query(Self.waiting) }
                try await untilRunning("%pg_advisory_lock(1)%", backend: backend, on: watcher)
                stopped.cancel()
                #expect(await postgresError { _ = try await stopped.value }?.isCancellation == true)
                #expect(try await pool.withConnection { $0.backendID } == backend)
                await pool.close()
            }
        }
    }
}
