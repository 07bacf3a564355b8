import Foundation
import Postgres
import TestSupport
import Testing

@Suite(.tags(.database), .timeLimit(.minutes(10))) struct SessionTests {
    private static let expected = [
        "DateStyle": "ISO, MDY", "IntervalStyle": "postgres", "TimeZone": "UTC", "bytea_output": "hex", "client_encoding": "UTF8",
        "default_transaction_isolation": "read committed", "idle_in_transaction_session_timeout": "0", "idle_session_timeout": "0",
        "lock_timeout": "0", "search_path": "public, pg_temp", "standard_conforming_strings": "on", "statement_timeout": "0",
        "synchronous_commit": "on", "transaction_isolation": "read committed",
    ]

    private static let asked: PostgresQuery =
        "SELECT name, setting FROM pg_settings WHERE name = ANY (\(expected.keys.sorted())) ORDER BY name"

    private static func settings(_ rows: PostgresRows) throws -> [String: String] {
        Dictionary(uniqueKeysWithValues: try rows.decode((String.self, String.self)).map { ($0, $1) })
    }

    @Test func `What an administrator has set on the database reaches no session`() async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            try await PostgresConnection.connect(conninfo).script(HostileSettings.statement)
            let connection = try await PostgresConnection.connect(conninfo)
            #expect(!connection.isPooled)
            #expect(try Self.settings(try await connection.query(Self.asked)) == Self.expected)
            let within = try await connection.transaction { try Self.settings(try await $0.query(Self.asked)) }
            #expect(within == Self.expected)
            let blocking = try await withCheckedThrowingContinuation { (continuation: CheckedContinuation<PostgresRows, any Error>) in
                Thread.detachNewThread {
                    continuation.resume(
                        with: Result {
                            var connection = try BlockingConnection(PostgresConfiguration(conninfo))
                            return try connection.query(Self.asked, timeout: .seconds(60))
                        })
                }
            }
            #expect(try Self.settings(blocking) == Self.expected)
        }
    }

    @Test func `A database that is switched to read-only stays so, and the refusal says where to look`() async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            try await PostgresConnection.connect(conninfo).script(HostileSettings.statement("default_transaction_read_only", "on"))
            let error = await postgresError { try await PostgresConnection.connect(conninfo).execute("CREATE TABLE t ()") }
            #expect(error?.sqlState == .readOnlyTransaction)
            #expect(error?.isInfrastructure == true)
            #expect(error?.description.contains("default_transaction_read_only") == true)
        }
    }
}
