import TestSupport
import Testing

/// Every other suite stands on these databases.
@Suite(.tags(.database))
struct TestDatabaseTests {
    private static let count = "SELECT count(*) FROM pg_database WHERE datname = "

    @Test func `Each call gets a migrated database of its own, which is dropped afterwards`() async throws {
        try await TestDatabase.withDatabase { first in
            let name = try await TestDatabase.withDatabase { second in
                _ = try await PSQL.run("INSERT INTO dailies.candidates (name, email) VALUES ('A', 'a@example.org')", on: second)
                #expect(try await PSQL.run("SELECT count(*) FROM dailies.candidates", on: first) == "0")
                return try await PSQL.run("SELECT current_database()", on: second)
            }
            #expect(try await PSQL.run("\(Self.count) '\(name)'", on: first) == "0")
        }
    }

    @Test func `A database is dropped although its test failed with a session open`() async throws {
        struct Thrown: Error {}
        try await TestDatabase.withDatabase(migrated: false) { own in
            await #expect(throws: Thrown.self) {
                try await TestDatabase.withDatabase(migrated: false) { conninfo in
                    let session = Task { try? await PSQL.run("SELECT pg_sleep(600)", on: "\(conninfo) application_name=lingering") }
                    let isThere = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lingering'"
                    while try await PSQL.run(isThere, on: own) != "1" {}
                    defer { session.cancel() }
                    throw Thrown()
                }
            }
            let left = try await PSQL.run("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'lingering'", on: own)
            #expect(left == "0")
        }
    }
}
