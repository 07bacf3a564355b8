import FoundationEssentials
import Postgres
import TestSupport
import Testing

/// Each value goes to the server and comes back through a column of its own type.
@Suite(.tags(.database), .timeLimit(.minutes(10))) struct ValueTests {
    private func comesBack<Value: PostgresEncodable & PostgresDecodable & Equatable>(
        _ values: Value..., as type: String, on connection: PostgresConnection
    ) async throws {
        for value in values {
            let (back, null) = try await connection.query(
                "SELECT \(value)::\(verbatim: type), \(Value?.none)::\(verbatim: type)"
            ).one().decode((Value.self, Value?.self))
            #expect(back == value)
            #expect(null == nil)
        }
    }

    @Test func `Numbers come back, their extremes too`() async throws {
        try await withConnection { connection in
            try await comesBack(Int64.min, -1, 0, .max, as: "bigint", on: connection)
            try await comesBack(Int.min, 0, .max, as: "bigint", on: connection)
            try await comesBack(Int32.min, 0, .max, as: "integer", on: connection)
            try await comesBack(Int16.min, 0, .max, as: "smallint", on: connection)
            try await comesBack(0.1, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude, as: "double precision", on: connection)
            try await comesBack(true, false, as: "boolean", on: connection)
            let (nan) = try await connection.query("SELECT \(Double.nan)").one().decode(at: 0, as: Double.self)
            #expect(nan.isNaN)
        }
    }

    @Test(arguments: [
        "", " ", "it's", "\"quoted\"", "back\\slash", "$1", "%s", "; DROP TABLE x; --", "{a,b}", "NULL", "Zoë 👩🏽‍💻 日本語", "line\nbreak\ttab",
    ])
    func `Text comes back unchanged`(text: String) async throws {
        try await withConnection { connection in
            try await comesBack(text, as: "text", on: connection)
            try await comesBack([text, "x"], [], as: "text[]", on: connection)
            try await comesBack([text, nil], as: "text[]", on: connection)
        }
    }

    @Test func `Bytes, identifiers, times and durations come back`() async throws {
        try await withConnection { connection in
            try await comesBack(Array(UInt8.min...UInt8.max), [], as: "bytea", on: connection)
            try await comesBack(Data([0, 255, 0x27]), Data(), as: "bytea", on: connection)
            try await comesBack(UUID(), as: "uuid", on: connection)
            try await comesBack(
                Date(timeIntervalSinceReferenceDate: 0), Date(timeIntervalSince1970: -1), Date(timeIntervalSince1970: 1_750_000_000.123456),
                as: "timestamptz", on: connection)
            try await comesBack(Duration.zero, .microseconds(1), .seconds(-90), .seconds(1_000_000_000), as: "interval", on: connection)
        }
    }

    @Test func `Arrays come back, empty ones and NULL elements too`() async throws {
        try await withConnection { connection in
            try await comesBack([Int64.min, .max], [], as: "bigint[]", on: connection)
            try await comesBack([1, nil, 3] as [Int?], as: "bigint[]", on: connection)
            try await comesBack([Int32(1)], as: "integer[]", on: connection)
            try await comesBack([true, false], as: "boolean[]", on: connection)
            try await comesBack([1.5, -0.25], as: "double precision[]", on: connection)
            try await comesBack([UUID(), UUID()], as: "uuid[]", on: connection)
            try await comesBack([Duration.seconds(5)], as: "interval[]", on: connection)
            try await comesBack([Date(timeIntervalSince1970: 1)], as: "timestamptz[]", on: connection)
        }
    }

    private struct Settings: Codable, Equatable {
        var name: String
        var limit: Int?
        var at: Date
    }

    @Test func `JSON comes back as the value that it was`() async throws {
        try await withConnection { connection in
            let settings = Settings(name: "a \"b\" \\ ü", limit: nil, at: Date(timeIntervalSince1970: 1_750_000_000))
            let row = try await connection.query(
                "SELECT \(PostgresJSON(settings)), \(PostgresJSON(settings))::json, \("{\"a\": 1}")::jsonb, NULL::jsonb"
            ).one()
            let (jsonb, json, text, null) = try row.decode(
                (PostgresJSON<Settings>.self, PostgresJSON<Settings>.self, String.self, PostgresJSON<Settings>?.self))
            #expect(jsonb.value == settings)
            #expect(json.value == settings)
            #expect(text == "{\"a\": 1}")
            #expect(null == nil)
        }
    }

    @Test(arguments: [
        "0", "1", "-1", "10000", "-123456789012345678", "9223372036854775807", "-9223372036854775808", "100000000", "99990000",
    ])
    func `A whole numeric is an integer`(number: String) async throws {
        try await withConnection { connection in
            let row = try await connection.query("SELECT \(verbatim: number)::numeric").one()
            #expect(try row.decode(at: 0, as: Int64.self) == Int64(number))
            #expect(try row.decode(at: 0, as: Double.self) == Double(number))
        }
    }

    @Test(arguments: ["0.5", "-0.0001", "12345.6789", "1e300", "1.0e-200", "3.14159265358979323846"])
    func `A broken numeric is a double and no integer`(number: String) async throws {
        try await withConnection { connection in
            let row = try await connection.query("SELECT \(verbatim: number)::numeric").one()
            #expect(try row.decode(at: 0, as: Double.self) == Double(number))
            #expect(throws: PostgresError.self) { try row.decode(at: 0, as: Int64.self) }
        }
    }

    private enum Mood: String, PostgresScalar {
        case calm
        case wild
    }

    @Test func `An enum of the database is an enum of Swift`() async throws {
        try await withConnection { connection in
            try await connection.script("CREATE TYPE mood AS ENUM ('calm', 'wild', 'new'); CREATE TABLE moods (mood mood)")
            try await connection.execute("INSERT INTO moods VALUES (\(Mood.wild)), ('new')")
            let row = try await connection.query("SELECT mood, array_agg(mood) OVER () FROM moods WHERE mood = \(Mood.wild)").one()
            let (mood, moods) = try row.decode((Mood.self, [Mood].self))
            #expect(mood == .wild)
            #expect(moods == [.wild])
            let unknown = try await connection.query("SELECT 'new'::mood AS mood").one()
            let error = await postgresError { _ = try unknown.decode("mood", as: Mood.self) }
            #expect(error?.description.contains("known values of Mood") == true)
        }
    }

    @Test func `Types do what they say where the server has to choose`() async throws {
        try await withConnection { connection in
            let row = try await connection.query(
                "SELECT now() - \(Duration.seconds(60)) < now(), \(3) = ANY(\([1, 2, 3])), jsonb_build_object('n', \(7)) ->> 'n', \(2) + \(2)"
            ).one()
            let (earlier, contained, json, sum) = try row.decode((Bool.self, Bool.self, String.self, Int.self))
            #expect(earlier && contained && json == "7" && sum == 4)
        }
    }
}
