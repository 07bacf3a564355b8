import Foundation
import Logging
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import JobQueue

/// How an idle worker learns of a new job: told by a notification, or, when that fails, by looking.
@Suite(.tags(.database), .timeLimit(.minutes(10)))
struct WakeUpTests {
    /// Backends that listen: what they ran last is their LISTEN.
    private static let listeners = """
        FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN %' AND state = 'idle'
        """
    /// Ends them, and waits until they have ended.
    private static let killing = PostgresQuery(verbatim: "SELECT count(pg_terminate_backend(pid, 60000)) \(listeners)")

    /// A worker that does nothing with its jobs.
    private func worker(on bench: QueueBench, pollInterval: Duration, listening: PostgresConfiguration? = nil) -> JobWorker {
        var logger = Logger(label: "worker")
        logger.logLevel = .critical
        return JobWorker(
            pool: bench.workersPool, database: bench.database, listening: listening, handlers: [Done()],
            configuration: .init(name: "worker", version: "1", slots: WorkerSlots(1), pollInterval: pollInterval), onLeaseLost: {},
            logger: logger)
    }

    private struct Done: JobHandler {
        let kind = "noop"

        func run(_ claim: JobClaim) async throws -> JobResolution { .completed { _ in } }
    }

    @Test func `new jobs are claimed even if the listener is killed each time it comes back`() async throws {
        try await JobWorkerTests().withBench { bench in
            try await bench.run([worker(on: bench, pollInterval: .milliseconds(200))]) {
                let hunt = Hunt()
                async let hunting: Void = hunt.run(on: bench)
                for job in 1...5 {
                    // Inserted when the listener is dead, again and again.
                    let before = hunt.killed
                    try await until { hunt.killed > before }
                    try await bench.insert(1)
                    try await bench.until("SELECT count(*) = \(job) FROM dailies.job_history")
                }
                hunt.end()
                try await hunting
            }
            #expect(try await bench.value("SELECT count(*) FROM dailies.job_history WHERE outcome = 'completed' AND attempt = 1") == 5)
        }
    }

    @Test func `a worker whose listener hears nothing finds new jobs in its maintenance`() async throws {
        try await JobWorkerTests().withBench { bench in
            // It listens in another database: the connection stands, and is silent.
            try await TestDatabase.withDatabase(migrated: false) { elsewhere in
                let silent = PostgresConfiguration(elsewhere)
                try await bench.run([worker(on: bench, pollInterval: .seconds(86_400), listening: silent)]) {
                    for job in 1...3 {
                        // What a worker does at first is over.
                        try await bench.until(
                            "SELECT count(*) = 1 AND bool_and(beaten_at > started_at + interval '3 seconds') FROM dailies.workers")
                        try await bench.insert(1)
                        try await bench.until("SELECT count(*) = \(job) FROM dailies.job_history")
                    }
                }
            }
        }
    }

    @Test func `a listener that was killed comes back, and notifications work again`() async throws {
        try await JobWorkerTests().withBench { bench in
            // Polling is off.
            try await bench.run([worker(on: bench, pollInterval: .seconds(86_400))]) {
                for job in 1...3 {
                    // It listens, and for so long that the look which follows a reconnection is over.
                    try await bench.until(
                        PostgresQuery(
                            verbatim: """
                                SELECT count(*) > 0 FROM dailies.workers
                                WHERE beaten_at > (SELECT max(query_start) + interval '2 seconds' \(Self.listeners))
                                """))
                    try await bench.insert(1)
                    try await bench.until("SELECT count(*) = \(job) FROM dailies.job_history")
                    #expect(try await bench.value(Self.killing) == 1)
                }
            }
        }
    }

    /// Kills every listener as soon as it is there.
    private final class Hunt: Sendable {
        private let count = Mutex(0)
        private let isOver = Mutex(false)

        var killed: Int { count.withLock { $0 } }

        func end() { isOver.withLock { $0 = true } }

        func run(on bench: QueueBench) async throws {
            while !isOver.withLock({ $0 }) {
                let more = try await bench.value(WakeUpTests.killing) ?? 0
                count.withLock { $0 += more }
            }
        }
    }
}
