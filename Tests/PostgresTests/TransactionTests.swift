import Postgres
import TestSupport
import Testing

private struct Refusal: Error {}

@Suite(.tags(.database), .timeLimit(.minutes(10))) struct TransactionTests {
    @Test func `Returning commits, throwing rolls back and passes the error on`() async throws {
        try await withConnection { connection in
            try await connection.script("CREATE TABLE t (n int)")
            let value = try await connection.transaction { connection in
                try await connection.execute("INSERT INTO t VALUES (1)")
                return "done"
            }
            #expect(value == "done")
            await #expect(throws: Refusal.self) {
                try await connection.transaction { connection in
                    try await connection.execute("INSERT INTO t VALUES (2)")
                    throw Refusal()
                }
            }
            #expect(try await connection.query("SELECT n FROM t", as: Int.self) == [1])
        }
    }

    @Test func `A body that swallows a failed statement does not pass for committed`() async throws {
        try await withConnection { connection in
            try await connection.script("CREATE TABLE t (n int)")
            let error = await postgresError {
                try await connection.transaction { connection in
                    try await connection.execute("INSERT INTO t VALUES (1)")
                    _ = await postgresError { try await connection.execute("SELECT 1/0") }
                }
            }
            guard case .rolledBack = error?.kind else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(try await connection.query("SELECT count(*) FROM t", as: Int.self) == [0])
        }
    }

    @Test func `A constraint that only COMMIT checks is a refusal, not an unknown outcome`() async throws {
        try await withConnection { connection in
            try await connection.script("CREATE TABLE t (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
            let error = await postgresError {
                try await connection.transaction { _ = try await $0.execute("INSERT INTO t VALUES (1), (1)") }
            }
            #expect(error?.sqlState == .uniqueViolation)
            #expect(!connection.isBroken)
        }
    }

    @Test func `A transaction in which nothing happens is ended by the server, and its locks with it`() async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            let observer = try await PostgresConnection.connect(conninfo)
            try await observer.script("CREATE TABLE t (n int)")
            var configuration = PostgresConfiguration(conninfo)
            // Long enough for the lock to be asked for on a crowded machine: nothing happens before that either.
            configuration.transactionIdleLimit = .seconds(1)
            let idler = try await PostgresConnection.connect(configuration)
            let error = await postgresError {
                try await idler.transaction { idler in
                    try await idler.execute("LOCK TABLE t")
                    try await observer.execute("INSERT INTO t VALUES (1)")
                    try await idler.execute("INSERT INTO t VALUES (2)")
                }
            }
            #expect(error?.sqlState?.rawValue == "25P03")
            #expect(error?.isInfrastructure == true)
            #expect(try await observer.query("SELECT n FROM t", as: Int.self) == [1])
        }
    }

    @Test func `The limit on idling is the transaction's alone`() async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            var configuration = PostgresConfiguration(conninfo)
            configuration.transactionIdleLimit = .seconds(5)
            let connection = try await PostgresConnection.connect(configuration)
            let within = try await connection.transaction(isolation: .serializable) { connection in
                try await connection.query("SHOW idle_in_transaction_session_timeout", as: String.self)
                    + connection.query("SHOW transaction_isolation", as: String.self)
            }
            #expect(within == ["5s", "serializable"])
            #expect(try await connection.query("SHOW idle_in_transaction_session_timeout", as: String.self) == ["0"])
        }
    }

    @Test func `Isolation and read-only are what was asked for`() async throws {
        try await withConnection { connection in
            let level = try await connection.transaction(isolation: .serializable, readOnly: true) { connection in
                try await connection.query(
                    "SELECT current_setting('transaction_isolation') || current_setting('transaction_read_only')", as: String.self)
            }
            #expect(level == ["serializableon"])
            let error = await postgresError {
                try await connection.transaction(readOnly: true) { _ = try await $0.execute("CREATE TABLE t ()") }
            }
            #expect(error?.sqlState == .readOnlyTransaction)
        }
    }

    @Test func `A transaction inside a transaction is refused`() async throws {
        try await withConnection { connection in
            let error = await postgresError {
                try await connection.transaction { try await $0.transaction { _ in } }
            }
            #expect(error?.description.contains("already open") == true)
            try await connection.transaction { _ in }
        }
    }

    /// Adds one to a counter by reading it first, which only a serializable transaction does safely.
    private func count(in conninfo: String, times: Int) async throws {
        let connection = try await PostgresConnection.connect(conninfo)
        for _ in 0..<times {
            try await connection.transaction(isolation: .serializable, attempts: 1000) { connection in
                let n = try await connection.query("SELECT n FROM counter").one().decode(at: 0, as: Int.self)
                try await connection.execute("UPDATE counter SET n = \(n + 1)")
            }
        }
    }

    @Test func `Transactions that lose against each other run again until all have happened`() async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            let connection = try await PostgresConnection.connect(conninfo)
            try await connection.script("CREATE TABLE counter (n int); INSERT INTO counter VALUES (0)")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<3 { group.addTask { try await count(in: conninfo, times: 4) } }
                try await group.waitForAll()
            }
            #expect(try await connection.query("SELECT n FROM counter", as: Int.self) == [12])
        }
    }

    @Test func `Without more attempts a conflict is thrown`() async throws {
        try await withConnection { connection in
            var runs = 0
            let error = await postgresError {
                try await connection.transaction(attempts: 3) { connection in
                    runs += 1
                    try await connection.script("DO $$ BEGIN RAISE serialization_failure; END $$")
                }
            }
            #expect(error?.isConflict == true)
            #expect(runs == 3)
        }
    }
}
