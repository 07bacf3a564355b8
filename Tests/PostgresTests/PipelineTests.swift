import Postgres
import TestSupport
import Testing

@Suite(.tags(.database), .timeLimit(.minutes(10))) struct PipelineTests {
    private func states(_ results: [Result<PostgresRows, PostgresError>]) -> [String] {
        results.map { result in
            switch result {
            case .success(let rows): "\(rows.affectedRows ?? 0)"
            case .failure(let error): error.sqlState?.rawValue ?? "aborted"
            }
        }
    }

    @Test func `Each query gets its own rows, in order`() async throws {
        try await withConnection { connection in
            let results = try await connection.pipeline((1...500).map { "SELECT \($0), \("n\($0)")" })
            let pairs = try results.map { try $0.get().one().decode((Int.self, String.self)) }
            #expect(pairs.map(\.0) == Array(1...500))
            #expect(pairs.map(\.1) == (1...500).map { "n\($0)" })
            #expect(try await connection.pipeline([]).isEmpty)
            #expect(try await connection.query("SELECT 1").count == 1)
        }
    }

    @Test func `In one transaction, an error in the middle undoes all and stops the rest`() async throws {
        try await withConnection { connection in
            try await connection.script("CREATE TABLE t (n int)")
            let results = try await connection.pipeline([
                "INSERT INTO t VALUES (1)", "SELECT 1/0", "INSERT INTO t VALUES (2)", "INSERT INTO t VALUES (3)",
            ])
            #expect(states(results) == ["1", "22012", "aborted", "aborted"])
            #expect(try await connection.query("SELECT n FROM t", as: Int.self).isEmpty)
        }
    }

    @Test func `Each for itself, an error in the middle concerns nobody else`() async throws {
        try await withConnection { connection in
            try await connection.script("CREATE TABLE t (n int)")
            let results = try await connection.pipeline(
                ["INSERT INTO t VALUES (1)", "SELECT 1/0", "INSERT INTO t VALUES (2)"], inOneTransaction: false)
            #expect(states(results) == ["1", "22012", "1"])
            #expect(try await connection.query("SELECT n FROM t", as: Int.self) == [1, 2])
        }
    }

    @Test(arguments: [true, false]) func `A failing COMMIT takes its queries' success back`(inOneTransaction: Bool) async throws {
        try await withConnection { connection in
            try await connection.script("CREATE TABLE t (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
            let results = try await connection.pipeline(
                ["INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2), (2)", "INSERT INTO t VALUES (3)"],
                inOneTransaction: inOneTransaction)
            #expect(states(results) == (inOneTransaction ? ["23505", "23505", "23505"] : ["1", "23505", "1"]))
            #expect(try await connection.query("SELECT n FROM t", as: Int.self) == (inOneTransaction ? [] : [1, 3]))
        }
    }

    @Test func `More than the socket holds passes in both directions`() async throws {
        try await withConnection { connection in
            let text = String(repeating: "x", count: 50_000)
            let results = try await connection.pipeline((0..<30).map { _ in "SELECT \(text), \(text)" })
            #expect(try results.allSatisfy { try $0.get().one().decode(at: 1, as: String.self) == text })
        }
    }

    @Test func `A value that cannot be sent sends nothing at all`() async throws {
        try await withConnection { connection in
            try await connection.script("CREATE TABLE t (n text)")
            let error = await postgresError {
                _ = try await connection.pipeline(["INSERT INTO t VALUES ('a')", "INSERT INTO t VALUES (\("\0"))"])
            }
            guard case .encoding = error?.kind else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(try await connection.query("SELECT count(*) FROM t", as: Int.self) == [0])
        }
    }

    @Test func `Inside a transaction a pipeline is part of it`() async throws {
        try await withConnection { connection in
            try await connection.script("CREATE TABLE t (n int)")
            try await connection.transaction { connection in
                _ = try await connection.pipeline(["INSERT INTO t VALUES (1)", "INSERT INTO t VALUES (2)"])
            }
            let error = await postgresError {
                try await connection.transaction { connection in
                    _ = try await connection.pipeline(["INSERT INTO t VALUES (3)", "SELECT 1/0"])
                }
            }
            guard case .rolledBack = error?.kind else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(try await connection.query("SELECT n FROM t", as: Int.self) == [1, 2])
        }
    }
}
