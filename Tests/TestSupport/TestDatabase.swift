import Foundation
import Postgres

/// Databases of real PostgreSQL for tests: one server for the process, one fresh database for each call.
public enum TestDatabase {
    /// Lends a database that nobody else uses, and drops it afterwards, whoever is still connected.
    ///
    /// The server is not durable (`fsync` off): a test about durability starts its own with `LocalPostgres`.
    /// - Parameters:
    ///   - migrated: Whether the schema of Dailies is in it; else it is empty.
    ///   - options: More of `CREATE DATABASE`, such as a locale; only for an empty one.
    public static func withDatabase<Result>(
        migrated: Bool = true, options: String = "", _ body: (_ conninfo: String) async throws -> Result
    ) async throws -> Result {
        let server = try await TestServer.shared.conninfo()
        let name = "test_\(UUID().uuidString.prefix(18).lowercased().replacing("-", with: "_"))"
        let template = migrated ? try await TestTemplate.shared.name() : "template0"
        try await execute("CREATE DATABASE \(name) TEMPLATE \(template) \(options)", on: server)
        do {
            let result = try await body(conninfo(server, database: name))
            try await execute("DROP DATABASE \(name) WITH (FORCE)", on: server)
            return result
        } catch {
            try? await execute("DROP DATABASE IF EXISTS \(name) WITH (FORCE)", on: server)
            throw error
        }
    }

    /// libpq takes the last of several values.
    static func conninfo(_ server: String, database: String) -> String {
        "\(server) dbname=\(database)"
    }

    /// In a task of its own, so that a cancelled test still drops its database.
    private static func execute(_ statement: String, on conninfo: String) async throws {
        try await Task { try await PostgresConnection.connect(conninfo).script(statement) }.value
    }
}
