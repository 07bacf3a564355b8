import TestSupport
import Testing

@testable import Postgres

private actor Journal<Entry: Sendable> {
    private(set) var entries: [Entry] = []

    func note(_ entry: Entry) {
        entries.append(entry)
    }
}

@Suite(.tags(.database), .timeLimit(.minutes(10))) struct PoolTests {
    @Test func `Never more connections than the limit, however many borrow`() async throws {
        try await withPool(limit: 3) { pool in
            let most = try await withThrowingTaskGroup(of: (backend: Int32, others: Int).self) { group in
                for _ in 0..<60 {
                    group.addTask {
                        // The server's own processes visit the database too, to tidy up.
                        let row = try await pool.query(
                            """
                            SELECT pg_backend_pid(), (SELECT count(*) FROM pg_stat_activity
                                WHERE datname = current_database() AND backend_type = 'client backend')
                            """
                        ).one()
                        let (backend, others) = try row.decode((Int32.self, Int.self))
                        return (backend, others)
                    }
                }
                return try await group.reduce(into: (backends: Set<Int32>(), most: 0)) { seen, answer in
                    seen.backends.insert(answer.backend)
                    seen.most = max(seen.most, answer.others)
                }
            }
            #expect(most.backends.count <= 3)
            #expect(most.most <= 3)
        }
    }

    @Test func `Borrowers are served in the order of asking`() async throws {
        try await withPool(limit: 1) { pool in
            let order = Journal<Int>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                try await pool.withConnection { _ in
                    for number in 1...5 {
                        group.addTask { try await pool.withConnection { _ in await order.note(number) } }
                        try await until { pool.waitingCount == number }
                    }
                }
                try await group.waitForAll()
            }
            #expect(await order.entries == [1, 2, 3, 4, 5])
        }
    }

    @Test func `A borrower that waits too long is told how many are in use`() async throws {
        try await withPool(limit: 1, acquireTimeout: .milliseconds(50)) { pool in
            let error = await postgresError {
                try await pool.withConnection { _ in
                    try await pool.withConnection { _ in }
                }
            }
            guard case .poolTimeout(limit: 1, waited: .milliseconds(50)) = error?.kind else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(error?.isInfrastructure == true)
            #expect(pool.waitingCount == 0)
            try await pool.withConnection { _ in }
        }
    }

    @Test func `A borrower whose task is cancelled leaves the queue, and nothing is lost`() async throws {
        try await withPool(limit: 1) { pool in
            try await pool.withConnection { _ in
                let task = Task { try await pool.withConnection { _ in } }
                try await until { pool.waitingCount == 1 }
                task.cancel()
                #expect(await postgresError { try await task.value }?.isCancellation == true)
                #expect(pool.waitingCount == 0)
            }
            try await pool.query("SELECT 1")
        }
    }

    @Test func `A stampede of cancelled borrowers loses no place`() async throws {
        try await withPool(limit: 2) { pool in
            await withTaskGroup(of: Void.self) { group in
                for number in 0..<100 {
                    group.addTask {
                        let task = Task { try await pool.query("SELECT pg_sleep(0.001)") }
                        if number.isMultiple(of: 2) { task.cancel() }
                        _ = await task.result
                    }
                }
            }
            try await pool.withConnection { _ in try await pool.withConnection { _ in } }
        }
    }

    @Test func `A connection with an open transaction is not lent again`() async throws {
        try await withPool(limit: 1) { pool in
            let first = try await pool.withConnection { connection in
                try await connection.execute("BEGIN")
                return connection.backendID
            }
            let second = try await pool.withConnection { $0.backendID }
            #expect(first != second)
        }
    }

    @Test func `A connection beyond its age is replaced`() async throws {
        try await withPool(limit: 1) { pool in
            var configuration = pool.configuration
            configuration.maximumAge = .zero
            let aging = PostgresPool(configuration)
            let first = try await aging.withConnection { $0.backendID }
            let second = try await aging.withConnection { $0.backendID }
            #expect(first != second)
            await aging.close()
        }
    }

    @Test func `A connection that nobody asks for any more is closed, and the next borrower gets another`() async throws {
        try await withPool(limit: 1) { pool in
            var configuration = pool.configuration
            configuration.idleLimit = .milliseconds(20)
            let brief = PostgresPool(configuration)
            var backends: Set<Int32> = []
            for _ in 0..<2 {
                let backend = try await brief.withConnection { connection in
                    try await connection.query("SELECT pg_advisory_lock(\(connection.backendID))")
                    return connection.backendID
                }
                backends.insert(backend)
                // The session's lock goes with it: that wakes who waits for it.
                try await pool.query("SELECT pg_advisory_lock(\(backend)), pg_advisory_unlock(\(backend))")
            }
            #expect(backends.count == 2)
            await brief.close()
        }
    }

    @Test func `Somebody comes back for what rests, and no longer when the pool is closed`() async throws {
        try await withPool(limit: 1) { pool in
            #expect(!pool.isWatched)
            try await pool.query("SELECT 1")
            #expect(pool.isWatched)
            await pool.close()
            #expect(!pool.isWatched)
        }
    }

    @Test func `Closing refuses new borrowers and waits for the lent connections`() async throws {
        try await withPool(limit: 1) { pool in
            let events = Journal<String>()
            try await withThrowingTaskGroup(of: Void.self) { group in
                try await pool.withConnection { connection in
                    group.addTask {
                        await pool.close()
                        await events.note("closed")
                    }
                    try await until { pool.isClosed }
                    let error = await postgresError { try await pool.query("SELECT 1") }
                    guard case .poolClosed = error?.kind else {
                        Issue.record("\(String(describing: error))")
                        return
                    }
                    try await connection.query("SELECT 1")
                    await events.note("used")
                }
                try await group.waitForAll()
            }
            #expect(await events.entries == ["used", "closed"])
        }
    }

    @Test func `A database that cannot be reached gives the place back`() async throws {
        let pool = PostgresPool(PostgresConfiguration("host=/nonexistent dbname=x"), limit: 1)
        for _ in 0..<3 {
            let error = await postgresError { try await pool.query("SELECT 1") }
            guard case .connecting = error?.kind else {
                Issue.record("\(String(describing: error))")
                return
            }
        }
        await pool.close()
    }
}
