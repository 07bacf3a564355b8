import Foundation
import Logging
import Postgres
import ServiceLifecycle
import Synchronization
import TestSupport
import Testing

@testable import JobQueue

/// Whole workers on a real PostgreSQL. Each test waits for what the database or a handler says, never for a time.
@Suite(.tags(.database), .timeLimit(.minutes(10)))
struct JobWorkerTests {
    @Test func `a job is done, and its effects and its end are one`() async throws {
        try await withBench { bench in
            try await bench.insert(20)
            let worker = bench.worker { claim in
                .completed { connection in try await connection.execute("INSERT INTO effects (job) VALUES (\(claim.id))") }
            }
            try await bench.run([worker]) {
                try await bench.until("SELECT count(*) = 20 FROM dailies.job_history WHERE outcome = 'completed'")
            }
            #expect(try await bench.value("SELECT count(*) FROM effects") == 20)
            #expect(try await bench.value("SELECT count(*) FROM dailies.workers") == 0, "a worker that stops in order signs off")
        }
    }

    @Test func `two workers do each job once`() async throws {
        try await withBench { bench in
            try await bench.insert(300)
            let workers = (1...2).map { _ in
                bench.worker(slots: 4) { claim in
                    .completed { connection in try await connection.execute("INSERT INTO effects (job) VALUES (\(claim.id))") }
                }
            }
            try await bench.run(workers) { try await bench.until("SELECT count(*) = 300 FROM dailies.job_history") }
            #expect(try await bench.value("SELECT count(*) FROM effects") == 300)
            #expect(try await bench.value("SELECT count(DISTINCT job) FROM effects") == 300)
        }
    }

    @Test func `a job inserted while the worker idles is picked up`() async throws {
        try await withBench { bench in
            let worker = bench.worker { _ in .completed { _ in } }
            try await bench.run([worker]) {
                try await bench.until("SELECT count(*) = 1 FROM dailies.workers")
                try await bench.insert(1)
                try await bench.until("SELECT count(*) = 1 FROM dailies.job_history")
            }
        }
    }

    @Test func `a fault of ours is tried again, and discarded with its evidence when the attempts are used up`() async throws {
        try await withBench { bench in
            try await bench.insert(1)
            try await bench.execute("UPDATE dailies.jobs SET max_attempts = 2")
            let worker = bench.worker(retryPolicy: RetryPolicy(firstDelay: .milliseconds(1))) { _ in throw Broken() }
            try await bench.run([worker]) {
                try await bench.until("SELECT count(*) = 1 FROM dailies.job_history WHERE outcome = 'discarded'")
            }
            #expect(try await bench.value("SELECT failures::bigint FROM dailies.job_history") == 1)
            #expect(try await bench.value("SELECT jsonb_array_length(dailies.whole_timeline(h))::bigint FROM dailies.job_history h") == 2)
            #expect(try await bench.value("SELECT count(*) FROM dailies.job_history WHERE error = 'it broke'") == 1)
        }
    }

    @Test func `effects that the database refuses undo the end of the job, and count as a fault`() async throws {
        try await withBench { bench in
            try await bench.insert(1)
            try await bench.execute("UPDATE dailies.jobs SET max_attempts = 1")
            let worker = bench.worker { _ in .completed { connection in try await connection.execute("INSERT INTO effects VALUES (1 / 0)") }
            }
            try await bench.run([worker]) { try await bench.until("SELECT count(*) = 1 FROM dailies.job_history") }
            #expect(try await bench.value("SELECT count(*) FROM dailies.job_history WHERE outcome = 'discarded'") == 1)
        }
    }

    /// More often than the pool tries again by itself. A sequence counts the losses, because it is not rolled back.
    @Test(arguments: [3, 14]) func `a result that loses against other transactions is written later, without new work and uncounted`(
        losses: Int
    ) async throws {
        try await withBench { bench in
            try await bench.insert(1)
            try await bench.execute("CREATE SEQUENCE losses")
            try await bench.execute("CREATE TABLE runs (job bigint)")
            let worker = bench.worker { claim in
                try await bench.execute("INSERT INTO runs VALUES (\(claim.id))")
                return .completed { connection in
                    try await connection.script(
                        """
                        DO $$ BEGIN IF nextval('losses') <= \(losses) THEN RAISE serialization_failure; END IF; END $$;
                        INSERT INTO effects (job) VALUES (\(claim.id))
                        """)
                }
            }
            try await bench.run([worker]) { try await bench.until("SELECT count(*) = 1 FROM dailies.job_history") }
            #expect(try await bench.value("SELECT count(*) FROM runs") == 1)
            #expect(try await bench.value("SELECT count(*) FROM effects") == 1)
            let counted: PostgresQuery = """
                SELECT count(*) FROM dailies.job_history WHERE outcome = 'completed' AND attempt = 1 AND failures + crashes = 0
                """
            #expect(try await bench.value(counted) == 1)
        }
    }

    @Test func `shutdown without grace releases running jobs and refunds the attempt`() async throws {
        try await withBench { bench in
            try await bench.insert(1)
            let worker = bench.worker(graceTime: .zero) { _ in
                try await Self.forever()
                return .completed { _ in }
            }
            try await bench.run([worker]) { try await bench.until("SELECT count(*) = 1 FROM dailies.jobs WHERE state = 'running'") }
            #expect(
                try await bench.value("SELECT count(*) FROM dailies.jobs WHERE state = 'available' AND failures = 0 AND crashes = 0") == 1)
            #expect(try await bench.value("SELECT count(*) FROM dailies.jobs WHERE timeline #>> '{0,outcome}' = 'released'") == 1)
        }
    }

    @Test func `shutdown with grace lets a running job finish`() async throws {
        try await withBench { bench in
            try await bench.insert(1)
            let (gate, opener) = AsyncStream.makeStream(of: Void.self)
            let worker = bench.worker { _ in
                for await _ in gate { break }
                return .completed { _ in }
            }
            try await bench.run([worker]) {
                try await bench.until("SELECT count(*) = 1 FROM dailies.jobs WHERE state = 'running'")
            } whileStopping: {
                opener.yield()
            }
            #expect(try await bench.value("SELECT count(*) FROM dailies.job_history WHERE outcome = 'completed'") == 1)
        }
    }

    @Test func `a worker that is declared dead stops its jobs, says so at once, and registers again`() async throws {
        try await withBench { bench in
            try await bench.insert(1)
            let lost = Mutex(0)
            let attempts = Mutex<[Int]>([])
            let worker = bench.worker(onLeaseLost: { lost.withLock { $0 += 1 } }) { claim in
                attempts.withLock { $0.append(claim.attempt) }
                if claim.attempt == 1 { try await Self.forever() }
                return .completed { connection in try await connection.execute("INSERT INTO effects (job) VALUES (\(claim.attempt))") }
            }
            try await bench.run([worker]) {
                try await bench.until("SELECT count(*) = 1 FROM dailies.jobs WHERE state = 'running'")
                // What another worker's rescue does.
                // In one transaction, so that no beat comes between.
                try await bench.pool.transaction { connection in
                    try await connection.execute("UPDATE dailies.workers SET beaten_at = now() - interval '1 hour'")
                    try await connection.execute("SELECT dailies.rescue_jobs()")
                }
                try await bench.until("SELECT count(*) = 1 FROM dailies.job_history WHERE outcome = 'completed'")
            }
            #expect(lost.withLock { $0 } == 1)
            #expect(attempts.withLock { $0 } == [1, 2])
            #expect(try await bench.value("SELECT sum(job)::bigint FROM effects") == 2, "only the second attempt's effects")
        }
    }

    @Test func `a worker whose connections are cut goes on with new ones`() async throws {
        try await withBench { bench in
            try await bench.insert(40)
            let worker = bench.worker(slots: 2) { claim in
                .completed { connection in try await connection.execute("INSERT INTO effects (job) VALUES (\(claim.id))") }
            }
            try await bench.run([worker]) {
                for done in [1, 10, 20] {
                    try await bench.until(PostgresQuery(verbatim: "SELECT count(*) >= \(done) FROM dailies.job_history"))
                    try await bench.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
                    )
                }
                try await bench.until("SELECT count(*) = 40 FROM dailies.job_history")
            }
            #expect(try await bench.value("SELECT count(*) FROM effects") == 40)
            #expect(try await bench.value("SELECT count(DISTINCT job) FROM effects") == 40)
        }
    }

    private struct Broken: Error, CustomStringConvertible {
        var description: String { "it broke" }
    }

    /// Suspends until the task is cancelled.
    private static func forever() async throws {
        let (never, keeper) = AsyncStream.makeStream(of: Void.self)
        for await _ in never {}
        keeper.finish()
        throw CancellationError()
    }
}
