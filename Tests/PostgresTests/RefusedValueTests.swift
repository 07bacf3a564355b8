import FoundationEssentials
import Postgres
import TestSupport
import Testing

/// What has no counterpart on the other side is refused in words, before it can do harm.
@Suite(.tags(.database), .timeLimit(.minutes(10))) struct RefusedValueTests {
    @Test func `Text with a NUL character is not cut off but refused, and the connection goes on`() async throws {
        try await withConnection { connection in
            for query: PostgresQuery in ["SELECT \("a\0b")", "SELECT 1 \(verbatim: "\0")", "SELECT \(identifier: "a\0")"] {
                let error = await postgresError { try await connection.query(query) }
                guard case .encoding = error?.kind else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
            }
            let rows = try await connection.query("SELECT 1")
            #expect(rows.count == 1)
        }
    }

    @Test func `Times and durations beyond the range are refused before they are sent`() async throws {
        try await withConnection { connection in
            for query: PostgresQuery in [
                "SELECT \(Date.distantFuture.addingTimeInterval(1e14))", "SELECT \(Date(timeIntervalSince1970: .nan))",
                "SELECT \(Duration.seconds(Int64.max))", "SELECT \([Date(timeIntervalSince1970: .infinity)])",
            ] {
                let error = await postgresError { try await connection.query(query) }
                guard case .encoding = error?.kind else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
            }
        }
    }

    @Test(arguments: [
        ("'infinity'::timestamptz", "an infinite time"), ("'-infinity'::timestamptz", "an infinite time"),
        ("now()::timestamp", "timestamp without time zone"), ("NULL::timestamptz", "NULL"), ("'2024-01-01'::date", "date"),
    ])
    func `A time that is no point in time is refused`(sql: String, actual: String) async throws {
        try await withConnection { connection in
            let row = try await connection.query("SELECT \(verbatim: sql) AS due").one()
            let error = await postgresError { _ = try row.decode("due", as: Date.self) }
            guard case .decoding(let failure) = error?.kind else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(failure.column == "due")
            #expect(failure.expected == "Date")
            #expect(failure.actual == actual)
        }
    }

    @Test func `A duration of months, an integer that does not fit and a matrix are refused`() async throws {
        try await withConnection { connection in
            let row = try await connection.query("SELECT interval '1 month', 70000, ARRAY[[1,2],[3,4]], ARRAY[1,NULL], 'NaN'::numeric")
                .one()
            #expect(throws: PostgresError.self) { try row.decode(at: 0, as: Duration.self) }
            #expect(throws: PostgresError.self) { try row.decode(at: 1, as: Int16.self) }
            #expect(throws: PostgresError.self) { try row.decode(at: 2, as: [Int].self) }
            #expect(throws: PostgresError.self) { try row.decode(at: 3, as: [Int].self) }
            #expect(throws: PostgresError.self) { try row.decode(at: 4, as: Double.self) }
        }
    }

    @Test func `Decoding errors name the column and the types, and never the value`() async throws {
        try await withConnection { connection in
            let query = PostgresQuery(named: "candidates.find", "SELECT 'Ada Lovelace' AS name, 1 AS id, 2 AS id")
            let row = try await connection.query(query).one()
            let wrongType = await postgresError { _ = try row.decode("name", as: Int.self) }
            let text = wrongType?.description ?? ""
            #expect(text.contains("name") && text.contains("text") && text.contains("Int") && text.contains("candidates.find"))
            #expect(!text.contains("Ada"))
            #expect(await postgresError { _ = try row.decode("email", as: String.self) }?.description.contains("no such column") == true)
            #expect(await postgresError { _ = try row.decode(at: 3, as: String.self) } != nil)
            #expect(await postgresError { _ = try row.decode(at: -1, as: String.self) } != nil)
            #expect(await postgresError { _ = try row.decode((String.self, Int.self)) }?.description.contains("3 columns") == true)
            #expect(try row.decode("id", as: Int.self) == 1)
        }
    }
}
