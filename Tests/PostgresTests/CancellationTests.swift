import Postgres
import TestSupport
import Testing

/// Keeps a connection so that several tasks, one after the other, can use it.
private actor Session {
    private let connection: PostgresConnection
    let backend: Int32

    init(_ conninfo: String) async throws {
        connection = try await PostgresConnection.connect(conninfo)
        backend = connection.backendID
    }

    func run(_ query: PostgresQuery) async throws -> Int {
        try await connection.query(query).count
    }

    func pipeline(_ queries: [PostgresQuery]) async throws -> Int {
        try await connection.pipeline(queries).count
    }

    func transaction(_ query: PostgresQuery) async throws {
        try await connection.transaction { connection in
            try await connection.execute("INSERT INTO kept VALUES (1)")
            try await connection.query(query)
        }
    }
}

@Suite(.tags(.database), .timeLimit(.minutes(10))) struct CancellationTests {
    private func withSession(_ body: (Session, PostgresConnection) async throws -> Void) async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            try await body(try await Session(conninfo), try await PostgresConnection.connect(conninfo))
        }
    }

    private func isCancelled(_ task: Task<some Sendable, any Error>) async -> Bool {
        await postgresError { _ = try await task.value }?.isCancellation ?? false
    }

    @Test func `A cancelled query stops on the server and leaves the connection usable`() async throws {
        try await withSession { session, watcher in
            let task = Task { try await session.run("SELECT pg_sleep(600)") }
            try await untilRunning("%pg_sleep%", backend: session.backend, on: watcher)
            task.cancel()
            #expect(await isCancelled(task))
            #expect(try await session.run("SELECT 1") == 1)
            try await until("SELECT state = 'idle' FROM pg_stat_activity WHERE pid = \(session.backend)", on: watcher)
        }
    }

    @Test func `A task that is already cancelled sends nothing`() async throws {
        try await withSession { session, watcher in
            try await watcher.script("CREATE TABLE kept (n int)")
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return try await session.run("INSERT INTO kept VALUES (1)")
            }
            #expect(await isCancelled(task))
            #expect(try await watcher.query("SELECT count(*) FROM kept", as: Int.self) == [0])
        }
    }

    @Test func `A cancelled transaction is rolled back, and the next one works`() async throws {
        try await withSession { session, watcher in
            try await watcher.script("CREATE TABLE kept (n int)")
            let task = Task { try await session.transaction("SELECT pg_sleep(600)") }
            try await untilRunning("%pg_sleep%", backend: session.backend, on: watcher)
            task.cancel()
            #expect(await isCancelled(task))
            #expect(try await watcher.query("SELECT count(*) FROM kept", as: Int.self) == [0])
            try await session.transaction("SELECT 1")
            #expect(try await watcher.query("SELECT count(*) FROM kept", as: Int.self) == [1])
        }
    }

    @Test func `A cancelled pipeline leaves the connection usable`() async throws {
        try await withSession { session, watcher in
            let task = Task { try await session.pipeline(["SELECT 1", "SELECT pg_sleep(600)", "SELECT 2"]) }
            try await untilRunning("%pg_sleep%", backend: session.backend, on: watcher)
            task.cancel()
            #expect(await isCancelled(task))
            #expect(try await session.pipeline(["SELECT 1", "SELECT 2"]) == 2)
            #expect(try await session.run("SELECT 1") == 1)
        }
    }

    @Test func `Two calls at once on one connection are refused, not interleaved`() async throws {
        try await withSession { session, watcher in
            let task = Task { try await session.run("SELECT pg_sleep(600)") }
            try await untilRunning("%pg_sleep%", backend: session.backend, on: watcher)
            let error = await postgresError { _ = try await session.run("SELECT 1") }
            #expect(error?.description.contains("already busy") == true)
            task.cancel()
            #expect(await isCancelled(task))
        }
    }
}
