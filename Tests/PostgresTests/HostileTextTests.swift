import Postgres
import TestSupport
import Testing

/// What goes into SQL and what comes out of messages is judged by its bytes.
@Suite(.tags(.database), .timeLimit(.minutes(10))) struct HostileTextTests {
    @Test func `A quoted name is that name, whatever it holds`() async throws {
        try await withConnection { connection in
            var hostile = HostileText(seed: 15, own: ["\"", "\"\"", "; DROP TABLE t; --", "a"])
            var names = ["a\"\u{301}b", "\u{600}\"", "\"\r\n\""]
            while names.count < 400 {
                let name = hostile.next(upTo: 5)
                if (1...63).contains(name.utf8.count), !name.utf8.contains(0) { names.append(name) }
            }
            for name in names {
                let row = try await connection.query("SELECT 1 AS \(identifier: name)").one()
                #expect(try row.decode(name, as: Int.self) == 1, "\(name.debugDescription)")
            }
        }
    }

    @Test func `A value that begins with an accent is withheld from messages like any other`() async throws {
        try await withConnection { connection in
            let error = await postgresError { try await connection.query("SELECT \("\u{301}zyx")::text::int") }
            #expect(error?.description.contains("value withheld") == true)
            #expect(error.map { !$0.description.contains("zyx") } == true)
        }
    }

    @Test func `A piece of a connection string that begins with an accent is not shown`() {
        let error = #expect(throws: PostgresError.self) { _ = try ConnectionTarget(connectionString: "\u{301}zyx=1 host=h") }
        #expect(error.map { !$0.description.contains("zyx") } == true)
    }

    @Test func `Text with NUL is the sender's fault in each form that a value has`() async throws {
        struct Note: Encodable {
            var text: String
        }
        try await withConnection { connection in
            for query: PostgresQuery in [
                "SELECT \("a\0b")", "SELECT \(["a", "\0"])", "SELECT \(String?.some("\0"))", "SELECT \([String?.some("\0"), nil])",
                "SELECT \(PostgresJSON(Note(text: "\0")))",
            ] {
                let error = await postgresError { try await connection.query(query) }
                #expect(error?.isOfNUL == true && error?.fault == .data, "\(String(describing: error))")
            }
            let backslash = try await connection.query("SELECT \(PostgresJSON(Note(text: "\\u0000")))->>'text'", as: String.self)
            #expect(backslash == ["\\u0000"])
            #expect(await postgresError { try await connection.query("SELECT \(Duration.seconds(Int64.max))") }?.isOfNUL == false)
        }
    }
}
