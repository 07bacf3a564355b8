import Postgres
import TestSupport
import Testing

@Suite(.tags(.database), .timeLimit(.minutes(10))) struct ErrorTests {
    @Test func `A refusal carries its SQLSTATE and the names involved, and leaves the connection usable`() async throws {
        try await withConnection { connection in
            try await connection.script("CREATE TABLE people (email text CONSTRAINT one_email UNIQUE, age int NOT NULL CHECK (age > 0))")
            try await connection.execute("INSERT INTO people VALUES ('ada@example.org', 36)")
            let error = await postgresError { try await connection.execute("INSERT INTO people VALUES ('ada@example.org', 1)") }
            #expect(error?.sqlState == .uniqueViolation)
            #expect(error?.constraint == "one_email")
            #expect(error?.server?.table == "people")
            #expect(error?.server?.detail?.contains("ada@example.org") == true)
            #expect(error?.isInfrastructure == false)
            #expect(await postgresError { try await connection.execute("INSERT INTO people VALUES ('b', 0)") }?.sqlState == .checkViolation)
            #expect(await postgresError { try await connection.execute("INSERT INTO people VALUES ('b')") }?.sqlState == .notNullViolation)
            #expect(await postgresError { try await connection.execute("SELECT * FROM nothing") }?.sqlState == .undefinedTable)
            #expect(await postgresError { try await connection.execute("SELEKT") }?.sqlState == .syntaxError)
            #expect(try await connection.query("SELECT count(*) FROM people", as: Int.self) == [1])
        }
    }

    @Test func `Descriptions hold no data: neither DETAIL nor a quoted value`() async throws {
        try await withConnection { connection in
            try await connection.script(
                "CREATE TABLE people (email text UNIQUE, age int); INSERT INTO people VALUES ('ada@example.org', 1)")
            for query: PostgresQuery in [
                "INSERT INTO people VALUES (\("ada@example.org"), 1)", "SELECT \("ada@example.org")::int",
                "SELECT 'ada@example.org'::timestamptz",
                "SELECT ('{\"a\": ' || \("ada@example.org"))::jsonb",
            ] {
                let error = await postgresError { try await connection.execute(PostgresQuery(named: "people.add", query)) }
                let text = error?.description ?? "ada"
                #expect(!text.contains("ada"), "\(text)")
                #expect(text.contains("people.add"))
            }
        }
    }

    @Test func `A function's own SQLSTATE and hint arrive`() async throws {
        try await withConnection { connection in
            let error = await postgresError {
                try await connection.script("DO $$ BEGIN RAISE EXCEPTION 'stale' USING ERRCODE = 'DJ001', HINT = 'Claim again.'; END $$")
            }
            #expect(error?.sqlState == SQLState(rawValue: "DJ001"))
            #expect(error?.description.contains("Hint: Claim again.") == true)
        }
    }

    @Test(arguments: ["08006", "53300", "53100", "57P01", "57P02", "57P03", "25006", "58030", "57014"])
    func `States of a database in trouble count as infrastructure`(state: String) {
        #expect(SQLState(rawValue: state).isInfrastructure)
    }

    @Test(arguments: ["23505", "22P02", "42601", "40001", "P0001", "DJ001", ""])
    func `States of a statement at fault do not`(state: String) {
        #expect(!SQLState(rawValue: state).isInfrastructure)
    }
}
