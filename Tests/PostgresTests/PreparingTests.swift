import TestSupport
import Testing

@testable import Postgres

@Suite(.tags(.database), .timeLimit(.minutes(10))) struct PreparingTests {
    private func withPreparing(_ body: (PostgresConnection) async throws -> Void) async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            var configuration = PostgresConfiguration(conninfo)
            configuration.preparesStatements = true
            try await body(try await PostgresConnection.connect(configuration))
        }
    }

    private func prepared(_ connection: PostgresConnection) async throws -> Int {
        try await connection.query("SELECT count(*) FROM pg_prepared_statements").one().decode(at: 0)
    }

    @Test func `A statement is prepared when it is asked a second time, and only so many are`() {
        var statements = PreparedStatements()
        #expect(statements.step(for: "a") == .plain)
        #expect(statements.step(for: "a") == .prepare("dailies_1"))
        statements.keep("dailies_1", for: "a")
        #expect(statements.step(for: "a") == .prepared("dailies_1"))
        statements.forget("a")
        #expect(statements.step(for: "a") == .prepare("dailies_2"), "a name is never used twice")
        for number in 0..<PreparedStatements.most { _ = statements.step(for: "\(number)") }
        #expect(statements.step(for: "one more") == .plain && statements.step(for: "one more") == .plain)
    }

    @Test func `What is asked again answers the same, with other values and with NULL, from a prepared statement`() async throws {
        try await withPreparing { connection in
            var answers: [Int?] = []
            for value in [1, 2, nil, 4] as [Int?] {
                answers += try await connection.query(PostgresQuery(named: "same", "SELECT \(value)::bigint * 2"), as: Int?.self)
            }
            #expect(answers == [2, 4, nil, 8])
            #expect(try await prepared(connection) == 1)
            for _ in 0..<3 { _ = try await connection.query("SELECT 1") }
            #expect(try await prepared(connection) == 1, "what has no name is not kept")
        }
    }

    @Test func `What is prepared is planned once, and not for the values of each time`() async throws {
        try await withPreparing { connection in
            for value in 1...4 { try await connection.query(PostgresQuery(named: "same", "SELECT \(value)::bigint * 2")) }
            let plans = try await connection.query(
                "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE 'SELECT $1%'", as: (Int.self, Int.self)
            )
            #expect(plans.count == 1 && plans[0] == (3, 0), "the first is asked as it is, and prepared when it comes again")
        }
    }

    @Test func `What is prepared in a transaction that is rolled back stays prepared, and is planned once all the same`() async throws {
        struct Undone: Error {}
        try await withPreparing { connection in
            func ask(_ value: Int) async throws {
                let answer: Int = try await connection.query(PostgresQuery(named: "same", "SELECT \(value)::bigint * 2")).one().decode(
                    at: 0)
                #expect(answer == value * 2)
            }
            for undo in ["SELECT 1 / 0", nil] {
                await #expect(throws: (any Error).self) {
                    try await connection.transaction { connection in
                        for value in 1...3 { try await ask(value) }
                        if let undo { try await connection.query(PostgresQuery(verbatim: undo)) }
                        throw Undone()
                    }
                }
            }
            try await ask(4)
            #expect(try await prepared(connection) == 1)
            let plans = try await connection.query(
                "SELECT generic_plans, custom_plans FROM pg_prepared_statements WHERE statement LIKE 'SELECT $1%'", as: (Int.self, Int.self)
            )
            #expect(plans.count == 1 && plans[0] == (6, 0), "the session is set up outside of any transaction")
        }
    }

    @Test func `A table that changes, and a session that forgets, cost one more attempt and nothing else`() async throws {
        try await withPreparing { connection in
            try await connection.script("CREATE TABLE things (id bigint); INSERT INTO things VALUES (1)")
            func all() async throws -> Int {
                try await connection.query(PostgresQuery(named: "all", "SELECT * FROM things")).columnNames.count
            }
            for _ in 0..<3 { #expect(try await all() == 1) }
            try await connection.script("ALTER TABLE things ADD COLUMN name text")
            for _ in 0..<3 { #expect(try await all() == 2) }
            try await connection.script("DEALLOCATE ALL")
            for _ in 0..<3 { #expect(try await all() == 2) }
        }
    }

    @Test func `Refusals and lost values are told as ever`() async throws {
        try await withPreparing { connection in
            for _ in 0..<3 {
                let error = await #expect(throws: PostgresError.self) {
                    try await connection.query(PostgresQuery(named: "wrong", "SELECT 1 / \(0)"))
                }
                #expect(error?.sqlState?.rawValue == "22012")
            }
            let right: Int32 = try await connection.query(PostgresQuery(named: "right", "SELECT 1")).one().decode(at: 0)
            #expect(right == 1)
        }
    }
}
