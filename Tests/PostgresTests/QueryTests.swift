import Postgres
import TestSupport
import Testing

@Suite(.tags(.database), .timeLimit(.minutes(10))) struct QueryTests {
    @Test func `Interpolated values become binds, never text`() {
        let name = "x'; DROP TABLE t; --"
        let query: PostgresQuery =
            "SELECT * FROM t WHERE name = \(name) AND id = ANY(\([1, 2])) AND note IS NOT DISTINCT FROM \(String?.none)"
        #expect(query.sql == "SELECT * FROM t WHERE name = $1 AND id = ANY($2) AND note IS NOT DISTINCT FROM $3")
        #expect(query.binds.count == 3)
        #expect(!query.description.contains("DROP"))
    }

    @Test func `Fragments bring their binds along and are renumbered`() {
        let filter: PostgresQuery = "state = \("running") AND attempt > \(3)"
        let query = PostgresQuery(named: "jobs.find", "SELECT \(1) WHERE \(fragment: filter) LIMIT \(5)")
        #expect(query.sql == "SELECT $1 WHERE state = $2 AND attempt > $3 LIMIT $4")
        #expect(query.binds.count == 4)
        #expect(query.description == "jobs.find")
    }

    @Test func `Names are quoted, so that they can be nothing else`() {
        let query: PostgresQuery = "LISTEN \(identifier: "a\"; DROP TABLE t; --")"
        #expect(query.sql == "LISTEN \"a\"\"; DROP TABLE t; --\"")
    }

    @Test func `SQL kept elsewhere brings its own numbers`() async throws {
        try await withConnection { connection in
            let query = PostgresQuery(named: "sum", verbatim: "SELECT $1 + $2 * $1", binds: [2, 3])
            let sums = try await connection.query(query, as: Int.self)
            #expect(sums == [8])
        }
    }

    @Test(arguments: ["'; DROP TABLE notes; --", "$1", "\\'; DELETE FROM notes; --", "E'\\047", "*/ DROP TABLE notes; /*", "?"])
    func `An attack stays the text that it is`(attack: String) async throws {
        try await withConnection { connection in
            try await connection.script("CREATE TABLE notes (note text); INSERT INTO notes VALUES ('keep')")
            try await connection.execute("INSERT INTO notes VALUES (\(attack))")
            #expect(try await connection.query("SELECT note FROM notes WHERE note = \(attack)", as: String.self) == [attack])
            #expect(try await connection.query("SELECT note FROM notes", as: String.self) == ["keep", attack])
            try await connection.execute("CREATE TABLE \(identifier: attack) ()")
            #expect(try await connection.query("SELECT to_regclass(quote_ident(\(attack))) IS NOT NULL", as: Bool.self) == [true])
        }
    }

    @Test func `Rows know their names, their number and how many were affected`() async throws {
        try await withConnection { connection in
            try await connection.script("CREATE TABLE t (id int, name text)")
            #expect(try await connection.execute("INSERT INTO t SELECT n, 'n' || n FROM generate_series(1, 5) n") == 5)
            #expect(try await connection.execute("UPDATE t SET name = NULL WHERE id > \(3)") == 2)
            #expect(try await connection.execute("CREATE TABLE u ()") == 0)
            let rows = try await connection.query("SELECT id, name FROM t ORDER BY id")
            #expect(rows.columnNames == ["id", "name"])
            #expect(try rows.decode((Int.self, String?.self)).map(\.1) == ["n1", "n2", "n3", nil, nil])
            #expect(try rows.map { try $0.decode("id", as: Int.self) } == [1, 2, 3, 4, 5])
            #expect(throws: PostgresError.self) { try rows.one() }
            #expect(try await connection.query("").isEmpty)
        }
    }

    private struct Entry: PostgresRowDecodable, Equatable {
        let id: Int
        let name: String?

        init(from row: PostgresRow) throws(PostgresError) {
            id = try row.decode("id")
            name = try row.decode("name")
        }
    }

    @Test func `A type made from rows is found by the columns' names`() async throws {
        try await withConnection { connection in
            let entries = try await connection.query("SELECT NULL AS name, n AS id FROM generate_series(1, 2) n", as: Entry.self)
            #expect(entries.map(\.id) == [1, 2])
            #expect(entries.map(\.name) == [nil, nil])
        }
    }

    @Test func `Large values pass in both directions at once`() async throws {
        try await withConnection { connection in
            let text = String(repeating: "ä", count: 600_000)
            let back = try await connection.query("SELECT \(text) FROM generate_series(1, 3)", as: String.self)
            #expect(back.count == 3 && back.allSatisfy { $0 == text })
        }
    }

    @Test func `A script runs as a whole or not at all`() async throws {
        try await withConnection { connection in
            let error = await postgresError {
                try await connection.script("CREATE TABLE a (); SELECT 1; SELECT 1/0; CREATE TABLE b ()", named: "0009_oops.sql")
            }
            #expect(error?.sqlState?.rawValue == "22012")
            #expect(error?.description.contains("0009_oops.sql") == true)
            let isUndone = try await connection.query("SELECT to_regclass('a') IS NULL", as: Bool.self)
            #expect(isUndone == [true])
        }
    }

    @Test func `COPY is refused in words`() async throws {
        try await withConnection { connection in
            let error = await postgresError { try await connection.script("COPY (SELECT 1) TO STDOUT") }
            #expect(error?.description.contains("COPY is not supported") == true)
            #expect(connection.isBroken)
        }
    }
}
