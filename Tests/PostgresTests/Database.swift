import Postgres
import TestSupport

/// An empty database and a connection to it.
func withConnection<Value>(_ body: (PostgresConnection) async throws -> Value) async throws -> Value {
    try await TestDatabase.withDatabase(migrated: false) { conninfo in
        try await body(try await PostgresConnection.connect(conninfo))
    }
}

/// An empty database and a pool on it.
func withPool<Value>(limit: Int, acquireTimeout: Duration = .seconds(30), _ body: (PostgresPool) async throws -> Value) async throws
    -> Value
{
    try await TestDatabase.withDatabase(migrated: false) { conninfo in
        let pool = PostgresPool(.init(PostgresConfiguration(conninfo), limit: limit, acquireTimeout: acquireTimeout))
        do {
            let value = try await body(pool)
            await pool.close()
            return value
        } catch {
            await pool.close()
            throw error
        }
    }
}

/// Waits until the backend is running a statement like this one.
func untilRunning(
    _ pattern: String, backend: Int32, on connection: PostgresConnection, fileID: String = #fileID, line: Int = #line
) async throws {
    try await until(
        "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = \(backend) AND state = 'active' AND query LIKE \(pattern))",
        on: connection,
        fileID: fileID, line: line)
}

/// The error that `body` throws.
func postgresError(_ body: () async throws -> Void) async -> PostgresError? {
    do {
        try await body()
        return nil
    } catch {
        return error as? PostgresError
    }
}
