import Postgres
import TestSupport
import Testing

@Suite(.tags(.database), .timeLimit(.minutes(10))) struct ListenerTests {
    @Test func `Notifications arrive, in order, only from the channels asked for`() async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            let sender = try await PostgresConnection.connect(conninfo)
            var events = PostgresListener(PostgresConfiguration(conninfo), channels: ["jobs", "Odd \"name\""]).makeAsyncIterator()
            #expect(await events.next() == .connected)
            try await sender.script("NOTIFY other; NOTIFY jobs, 'one'; NOTIFY \"Odd \"\"name\"\"\"")
            #expect(await events.next() == .notification(.init(channel: "jobs", payload: "one", backendID: sender.backendID)))
            #expect(await events.next() == .notification(.init(channel: "Odd \"name\"", payload: "", backendID: sender.backendID)))
        }
    }

    @Test func `A listener whose backend is killed reconnects, says so, and hears again`() async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            let sender = try await PostgresConnection.connect(conninfo)
            var events = PostgresListener(PostgresConfiguration(conninfo), channels: ["jobs"]).makeAsyncIterator()
            #expect(await events.next() == .connected)
            try await sender.query(
                """
                SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """)
            #expect(await events.next() == .disconnected)
            #expect(await events.next() == .reconnected)
            try await sender.script("NOTIFY jobs, 'two'")
            #expect(await events.next() == .notification(.init(channel: "jobs", payload: "two", backendID: sender.backendID)))
        }
    }

    @Test func `Cancellation ends the sequence, whether it listens or tries to connect`() async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            for (conninfo, isReachable) in [(conninfo, true), ("host=/nonexistent", false)] {
                let (connected, signal) = AsyncStream.makeStream(of: Void.self)
                let task = Task {
                    if !isReachable { signal.yield() }
                    var count = 0
                    for await _ in PostgresListener(PostgresConfiguration(conninfo), channels: ["jobs"]) {
                        count += 1
                        signal.yield()
                    }
                    return count
                }
                for await _ in connected { break }
                task.cancel()
                #expect(await task.value == (isReachable ? 1 : 0))
            }
        }
    }
}
