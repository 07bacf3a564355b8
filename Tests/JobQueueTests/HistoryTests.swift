import Postgres
import TestSupport
import Testing

@testable import JobQueue

/// The days of the history: made ahead of need, dropped when they are over.
@Suite(.tags(.database), .timeLimit(.minutes(5)))
struct HistoryTests {
    private static let days: PostgresQuery = """
        SELECT count(*) FROM pg_inherits WHERE inhparent = 'dailies.job_history'::regclass
        """

    /// A queue whose history has a partition of a day a hundred days ago, with one job in it.
    private func withOldDay(_ body: (BareQueue) async throws -> Void) async throws {
        try await BareQueue.with { bare in
            try await bare.execute(
                """
                DO $$ DECLARE day date := (now() AT TIME ZONE 'UTC')::date - 100;
                BEGIN EXECUTE format(
                    'CREATE TABLE dailies.%I PARTITION OF dailies.job_history FOR VALUES FROM (%L) TO (%L)',
                    'job_history_' || to_char(day, 'YYYYMMDD'), day::timestamp AT TIME ZONE 'UTC', (day + 1)::timestamp AT TIME ZONE 'UTC');
                -- As every day's that a worker asks for.
                EXECUTE format('ALTER TABLE dailies.%I OWNER TO dailies_migration', 'job_history_' || to_char(day, 'YYYYMMDD'));
                END $$
                """)
            for days in [100, 150] as [Int32] {
                try await bare.execute(
                    """
                    INSERT INTO dailies.job_history
                        (id, kind, payload, priority, fair_key, outcome, attempt, failures, crashes, created_at, ended_at, timeline)
                    SELECT \(days), 'noop', '{}', 0, 0, 'completed', 1, 0, 0, now() - \(days) * interval '1 day',
                           ((now() AT TIME ZONE 'UTC')::date - \(days) + interval '1 hour') AT TIME ZONE 'UTC', '[]'
                    """)
            }
            try await body(bare)
        }
    }

    @Test func `an expired day is dropped once and the coming week is created, however many workers do it`() async throws {
        try await withOldDay { bare in
            let before: Int = try await bare.value(Self.days)
            try await bare.execute("DROP TABLE dailies.\(verbatim: try await bare.nameOfDay(7))")
            let queue = bare.queue
            let dropped = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<10 { group.addTask { try await queue.keepHistory(for: .seconds(90 * 86_400)) } }
                return try await group.reduce(0, +)
            }
            #expect(dropped == 1)
            #expect(try await bare.value(Self.days) == before - 1, "one went, one came")
            let name = try await bare.nameOfDay(7)
            #expect(try await bare.value("SELECT to_regclass('dailies.' || \(name)) IS NOT NULL") == true)
            #expect(try await bare.value("SELECT count(*) FROM dailies.job_history") == 0, "also what was in no day's partition")
        }
    }

    @Test func `a day within the retention stays`() async throws {
        try await withOldDay { bare in
            let dropped = try await bare.queue.keepHistory(for: .seconds(101 * 86_400))
            #expect(dropped == 0)
            #expect(try await bare.value("SELECT min(id) FROM dailies.job_history") == Int64(100))
        }
    }

    @Test func `a long read of the history delays its maintenance, but no completion`() async throws {
        try await withOldDay { bare in
            let reader = try await PostgresConnection.connect(bare.queue.pool.configuration.connection)
            try await reader.transaction { connection in
                try await connection.query("SELECT count(*) FROM dailies.job_history")
                #expect(try await bare.queue.keepHistory(for: .seconds(90 * 86_400)) == 0)
                try await bare.insert(1)
                let claims = try await bare.queue.claim(worker: bare.worker, kinds: ["noop"], limit: 1)
                _ = try await bare.queue.pool.transaction { try await bare.queue.complete(claims, in: $0) }
            }
            #expect(try await bare.queue.keepHistory(for: .seconds(90 * 86_400)) == 1)
        }
    }

    @Test func `a job that its dead worker claimed by an older release is found`() async throws {
        try await BareQueue.with { bare in
            try await bare.insert(1)
            #expect(try await bare.claim(1) == [1])
            // As if the claim had been written by the function of the release before: without its row.
            try await bare.execute("DELETE FROM dailies.claims")
            try await bare.queue.leave(worker: bare.worker)
            try await bare.execute("DROP TABLE dailies.\(verbatim: try await bare.nameOfDay(7))")
            _ = try await bare.queue.keepHistory(for: .seconds(90 * 86_400))
            #expect(try await bare.value("SELECT state FROM dailies.jobs") == "available")
        }
    }
}

extension BareQueue {
    /// The partition of a day so many days ahead.
    func nameOfDay(_ ahead: Int) async throws -> String {
        try await value("SELECT 'job_history_' || to_char((now() AT TIME ZONE 'UTC')::date + \(Int32(ahead)), 'YYYYMMDD')")
    }
}
