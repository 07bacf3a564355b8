import Foundation
import Postgres
import TestSupport
import Testing

/// Runs `body` on a thread of its own.
private func onThread<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws -> Value {
    try await withCheckedThrowingContinuation { continuation in
        Thread.detachNewThread { continuation.resume(with: Result(catching: body)) }
    }
}

@Suite(.tags(.database), .timeLimit(.minutes(10))) struct BlockingConnectionTests {
    @Test func `A thread runs bound queries and survives refusals`() async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            let (sum, state, isBroken) = try await onThread {
                var connection = try BlockingConnection(PostgresConfiguration(conninfo))
                let sum = try connection.query("SELECT \(20) + \(22)", timeout: .seconds(30)).one().decode(at: 0, as: Int.self)
                var state: SQLState?
                do throws(PostgresError) { try connection.query("SELECT 1/0", timeout: .seconds(30)) } catch { state = error.sqlState }
                try connection.query("SELECT 1", timeout: .seconds(30))
                return (sum, state, connection.isBroken)
            }
            #expect(sum == 42)
            #expect(state?.rawValue == "22012")
            #expect(!isBroken)
        }
    }

    @Test func `A query without an answer in time breaks the connection and no more`() async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            let kinds = try await onThread {
                var connection = try BlockingConnection(PostgresConfiguration(conninfo))
                var errors: [PostgresError] = []
                do throws(PostgresError) { try connection.query("SELECT pg_sleep(600)", timeout: .milliseconds(50)) } catch {
                    errors.append(error)
                }
                do throws(PostgresError) { try connection.query("SELECT 1", timeout: .seconds(30)) } catch { errors.append(error) }
                return errors
            }
            guard kinds.count == 2, case .timedOut(after: .milliseconds(50)) = kinds[0].kind else {
                Issue.record("\(kinds)")
                return
            }
            #expect(kinds[1].isConnectionLost)
            #expect(kinds.allSatisfy { $0.isInfrastructure })
        }
    }

    @Test func `A terminated backend is a lost connection that says why`() async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            let error = try await onThread { () -> PostgresError? in
                var connection = try BlockingConnection(PostgresConfiguration(conninfo))
                do throws(PostgresError) {
                    try connection.query("SELECT pg_terminate_backend(pg_backend_pid())", timeout: .seconds(30))
                    return nil
                } catch { return error }
            }
            #expect(error?.isConnectionLost == true)
            #expect(error?.sqlState == .adminShutdown)
        }
    }

    @Test func `A server that is away is an error, not a wait`() async throws {
        let error = await postgresError { try await onThread { _ = try BlockingConnection(PostgresConfiguration("host=/nonexistent")) } }
        guard case .connecting = error?.kind else {
            Issue.record("\(String(describing: error))")
            return
        }
    }
}
