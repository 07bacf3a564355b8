import Foundation
import Postgres
import TestSupport

@testable import JobQueue

/// A queue on a database of its own, with one worker in it that does not beat: its lease is long, so that a crowded machine does
/// not end it. Tests about time move the database's times.
struct BareQueue: Sendable {
    let queue: JobQueue
    let worker: UUID

    static func with(_ body: (BareQueue) async throws -> Void) async throws {
        try await TestDatabase.withDatabase { conninfo in
            let pool = PostgresPool(PostgresConfiguration(conninfo), limit: 12)
            let queue = JobQueue(pool: pool)
            let worker = try await queue.register(name: "worker", version: "1", slots: 4, lease: .seconds(3600))
            try await body(BareQueue(queue: queue, worker: worker))
            await pool.close()
        }
    }

    func execute(_ query: PostgresQuery) async throws { try await queue.pool.execute(query) }

    func value<Value: PostgresDecodable>(_ query: PostgresQuery, as type: Value.Type = Value.self) async throws -> Value {
        try await queue.pool.query(query).one().decode(at: 0)
    }

    func insert(_ count: Int, kind: String = "noop", priority: Int = 0, fairKey: Int64 = 0) async throws {
        try await execute(
            """
            INSERT INTO dailies.jobs (kind, priority, fair_key)
            SELECT \(kind), \(priority), \(fairKey) FROM generate_series(1, \(count))
            """)
    }

    /// Claims one job after the other. The order within one claim is the database's affair.
    func claim(_ count: Int, kinds: [String] = ["noop"]) async throws -> [Int64] {
        var ids: [Int64] = []
        for _ in 0..<count { ids += try await queue.claim(worker: worker, kinds: kinds, limit: 1).map(\.id) }
        return ids
    }

    func fairKeys(of ids: [Int64]) async throws -> [Int64] {
        try await queue.pool.query(
            "SELECT fair_key FROM dailies.jobs JOIN unnest(\(ids)) WITH ORDINALITY AS c (id, n) USING (id) ORDER BY n", as: Int64.self)
    }

    /// As if so much time had passed: everything that waits is that much older.
    func age(by time: Duration) async throws {
        try await execute("UPDATE dailies.jobs SET due_at = due_at - \(time), created_at = created_at - \(time)")
        try await execute("UPDATE dailies.claim_floors SET due_at = due_at - \(time), moved_at = moved_at - \(time)")
        try await execute("UPDATE dailies.fair_turns SET due_at = due_at - \(time)")
    }
}
