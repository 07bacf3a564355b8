import Foundation
import Logging
import Postgres
import TestSupport
import Testing

@testable import JobQueue

/// PostgreSQL has one queue of notifications for the whole server. A session of any program that listens and stays in a transaction fills it,
/// and then every transaction that notifies fails at its commit. The real queue holds eight gigabytes, which takes a test too long to fill;
/// so here the rule is the same and the limit is a two-thousandth of the queue.
@Suite(.tags(.database), .timeLimit(.minutes(5)))
struct NotificationQueueTests {
    /// Runs `body` while the queue is as full as the limit allows.
    private func withFullQueue(_ bench: QueueBench, _ body: () async throws -> Void) async throws {
        let definition: String = try await bench.pool.query("SELECT pg_get_functiondef('dailies.sends_notifications()'::regprocedure)")
            .one()
            .decode(at: 0)
        let narrow = definition.replacing("< 0.5", with: "< 0.0005")
        try #require(narrow != definition)
        try await bench.execute(PostgresQuery(verbatim: narrow))
        let stuck = try await PostgresConnection.connect(bench.database)
        try await stuck.execute("LISTEN other_program")
        try await stuck.transaction { connection in
            // From here on it reads nothing.
            try await connection.execute("SELECT 1")
            try await bench.execute("SELECT pg_notify('other_program', repeat('x', 7900) || n) FROM generate_series(1, 700) AS n")
            let isFull = try await bench.pool.query("SELECT NOT dailies.sends_notifications()").one().decode(at: 0, as: Bool.self)
            try #require(isFull)
            try await body()
        }
    }

    @Test func `nothing of the queue notifies while the server's queue of notifications is full`() async throws {
        try await JobWorkerTests().withBench { bench in
            let queue = JobQueue(pool: bench.pool)
            let worker = try await queue.register(name: "worker", version: "1", slots: 4, lease: .seconds(3600))
            var heard = PostgresListener(bench.database, channels: [JobQueue.channel, JobQueue.stopChannel]).makeAsyncIterator()
            #expect(await heard.next() == .connected)
            try await withFullQueue(bench) {
                try await bench.insert(3)
                let claims = try await queue.claim(worker: worker, kinds: ["noop"], limit: 3)
                #expect(claims.count == 3)
                try await bench.pool.transaction { connection in
                    try await queue.putBack(claims[0], as: .released, after: .zero, reason: nil, in: connection)
                }
                _ = try await queue.stop([claims[1].id], as: .cancelled, reason: "test")
                try await queue.pause(kind: nil, reason: nil)
                _ = try await queue.resume(kind: nil)
                _ = try await queue.runMaintenance(worker: worker, held: [], announcing: ["noop"])
                try await queue.leave(worker: worker)
                #expect(try await bench.value("SELECT count(*) FROM dailies.jobs WHERE state = 'available'") == 3)
                // What was notified before would be heard before.
                try await bench.execute("SELECT pg_notify(\(JobQueue.channel), 'the end')")
                guard case .notification(let first) = await heard.next() else {
                    Issue.record("the listener lost its connection")
                    return
                }
                #expect(first.payload == "the end")
            }
        }
    }

    @Test func `a worker that listens polls while nobody can notify it, and rests again afterwards`() async throws {
        try await JobWorkerTests().withBench { bench in
            var logger = Logger(label: "worker")
            logger.logLevel = .critical
            // Of sixty polls it makes one while notifications arrive: too rarely for this test.
            let worker = JobWorker(
                pool: bench.workersPool, database: bench.database, handlers: [Done()],
                configuration: .init(name: "worker", version: "1", slots: WorkerSlots(1), pollInterval: .seconds(10)), onLeaseLost: {},
                logger: logger)
            try await bench.run([worker]) {
                try await bench.until(
                    "SELECT count(*) = 1 AND bool_and(beaten_at > started_at + interval '3 seconds') FROM dailies.workers")
                try await withFullQueue(bench) {
                    for job in 1...2 {
                        try await bench.insert(1)
                        try await bench.until("SELECT count(*) = \(job) FROM dailies.job_history")
                    }
                }
                try await bench.until("SELECT dailies.sends_notifications()")
                try await bench.insert(1)
                try await bench.until("SELECT count(*) = 3 FROM dailies.job_history")
            }
        }
    }

    private struct Done: JobHandler {
        let kind = "noop"

        func run(_ claim: JobClaim) async throws -> JobResolution { .completed { _ in } }
    }
}
