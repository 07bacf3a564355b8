import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import JobQueue

/// Whole workers whose results another session's lock, or the database, keeps from being written.
@Suite(.tags(.database), .timeLimit(.minutes(10)))
struct StuckResultTests {
    /// Each job's effect changes the row with the job's number, so that a lock on it blocks that job alone.
    /// - Parameter inserting: whether the jobs are there from the beginning; otherwise ``locking(_:of:in:_:)`` inserts them.
    private func withRows(_ count: Int, inserting: Bool = true, _ body: (QueueBench) async throws -> Void) async throws {
        try await JobWorkerTests().withBench { bench in
            try await bench.execute("CREATE TABLE places (job bigint PRIMARY KEY, times integer NOT NULL DEFAULT 0)")
            try await bench.execute("INSERT INTO places SELECT n FROM generate_series(1, \(count)) AS n")
            if inserting { try await bench.insert(count) }
            try await body(bench)
        }
    }

    private func worker(
        _ bench: QueueBench, slots: Int, graceTime: Duration = .seconds(60),
        observe: @escaping @Sendable (JobWorkerEvent) -> Void = { _ in }
    ) -> JobWorker {
        bench.worker(slots: slots, graceTime: graceTime, observe: observe) { claim in
            try await bench.execute("INSERT INTO effects VALUES (\(claim.id))")
            return .completed { connection in
                try await connection.execute("UPDATE places SET times = times + 1 WHERE job = \(claim.id)")
            }
        }
    }

    /// Runs `body` while another session holds the rows, in a transaction that it does not end. The jobs are inserted once it holds them, so that
    /// no worker has done one of these before.
    private func locking(_ rows: String, of jobs: Int, in bench: QueueBench, _ body: () async throws -> Void) async throws {
        var database = bench.database
        database.applicationName = "forgetful"
        let holder = try await PostgresConnection.connect(database)
        try await holder.script("BEGIN; UPDATE places SET times = times WHERE \(rows)")
        try await bench.insert(jobs)
        try await body()
        try await holder.script("ROLLBACK")
    }

    @Test func `a lock on one result holds up no other, and the result is written without new work when the lock is gone`() async throws {
        try await withRows(40, inserting: false) { bench in
            try await bench.run([worker(bench, slots: 2)]) {
                try await locking("job = 1", of: 40, in: bench) {
                    try await bench.until("SELECT count(*) = 39 FROM dailies.job_history WHERE outcome = 'completed'")
                    #expect(try await bench.value("SELECT count(*) FROM dailies.jobs WHERE state = 'running'") == 1)
                    // Who holds it is told: the application, and the first words of its statement without values.
                    try await bench.until(
                        "SELECT coalesce(bool_or(trouble ~ 'application forgetful.*statement “BEGIN; UPDATE places SET times …”'), false) FROM dailies.workers"
                    )
                }
                try await bench.until("SELECT count(*) = 40 FROM dailies.job_history WHERE outcome = 'completed'")
                try await bench.until("SELECT bool_and(trouble IS NULL) FROM dailies.workers")
            }
            #expect(try await bench.value("SELECT count(*) FROM effects") == 40, "no work was done twice")
            #expect(try await bench.value("SELECT count(*) FROM places WHERE times = 1") == 40)
            #expect(try await bench.value("SELECT count(*) FROM dailies.job_history WHERE attempt > 1") == 0)
        }
    }

    @Test func `a lock on more results than may wait still holds up no other; those above are put back uncounted`() async throws {
        try await withRows(30, inserting: false) { bench in
            let most = Mutex(0)
            let worker = worker(bench, slots: 1) { event in
                if case .resultsWaiting(let count) = event { most.withLock { $0 = max($0, count) } }
            }
            try await bench.run([worker]) {
                try await locking("job <= 10", of: 30, in: bench) {
                    try await bench.until("SELECT count(*) = 20 FROM dailies.job_history WHERE outcome = 'completed'")
                    try await bench.until("SELECT count(*) >= 1 FROM dailies.jobs WHERE timeline #>> '{0,outcome}' = 'snoozed'")
                }
                try await bench.until("SELECT count(*) = 30 FROM dailies.job_history WHERE outcome = 'completed'")
            }
            #expect(most.withLock { $0 } <= WorkerSession.mostWaitingPerSlot)
            #expect(try await bench.value("SELECT count(*) FROM places WHERE times = 1") == 30)
            #expect(try await bench.value("SELECT count(*) FROM dailies.job_history WHERE failures + crashes > 0") == 0)
        }
    }

    @Test func `shutdown gives up a result that cannot be written, and its job is done by the next worker`() async throws {
        try await withRows(1) { bench in
            var database = bench.database
            database.applicationName = "forgetful"
            let holder = try await PostgresConnection.connect(database)
            try await holder.script("BEGIN; UPDATE places SET times = times")
            // It returns only if the worker ends although nobody ends the transaction.
            try await bench.run([worker(bench, slots: 1, graceTime: .milliseconds(100))]) {
                try await bench.until("SELECT count(*) = 1 FROM effects")
            }
            #expect(try await bench.value("SELECT count(*) FROM dailies.jobs") == 1)
            try await holder.script("ROLLBACK")
            try await bench.run([worker(bench, slots: 1)]) {
                try await bench.until("SELECT count(*) = 1 FROM dailies.job_history WHERE outcome = 'completed' AND failures + crashes = 0")
            }
        }
    }

    @Test func `a person who cancels a job whose result waits need not wait for the lock`() async throws {
        try await withRows(1, inserting: false) { bench in
            let waits = Mutex(false)
            let worker = worker(bench, slots: 1) { event in
                if case .resultsWaiting(1) = event { waits.withLock { $0 = true } }
            }
            try await bench.run([worker]) {
                try await locking("job = 1", of: 1, in: bench) {
                    try await until { waits.withLock { $0 } }
                    _ = try await JobQueue(pool: bench.pool).stop([1], as: .cancelled, reason: "not wanted")
                    try await bench.until("SELECT count(*) = 1 FROM dailies.job_history WHERE outcome = 'cancelled'")
                }
            }
            #expect(try await bench.value("SELECT count(*) FROM places WHERE times = 0") == 1)
        }
    }

    @Test func `results that the database refuses wait, claims stop with its sentence, and no budget is used`() async throws {
        try await JobWorkerTests().withBench { bench in
            try await bench.insert(12)
            try await bench.execute("UPDATE dailies.jobs SET max_attempts = 1")
            try await bench.execute("CREATE SEQUENCE mended")
            let worker = bench.worker(slots: 2) { claim in
                .completed { connection in
                    try await connection.script(
                        """
                        DO $$ BEGIN
                            IF NOT (SELECT is_called FROM mended) THEN
                                RAISE EXCEPTION 'permission denied for table review_records' USING ERRCODE = '42501';
                            END IF;
                        END $$;
                        INSERT INTO effects (job) VALUES (\(claim.id))
                        """)
                }
            }
            try await bench.run([worker]) {
                try await bench.until(
                    """
                    SELECT coalesce(bool_or(trouble LIKE 'Most attempts end alike (%permission denied for table review_records (SQLSTATE 42501%'), false)
                    FROM dailies.workers
                    """)
                #expect(try await bench.value("SELECT count(*) FROM dailies.job_history") == 0)
                try await bench.execute("SELECT nextval('mended')")
                try await bench.until("SELECT count(*) = 12 FROM dailies.job_history WHERE outcome = 'completed'")
                try await bench.until("SELECT bool_and(trouble IS NULL) FROM dailies.workers")
            }
            #expect(try await bench.value("SELECT count(*) FROM dailies.job_history WHERE failures + crashes > 0") == 0)
            #expect(try await bench.value("SELECT count(DISTINCT job) FROM effects") == 12)
        }
    }

    @Test func `an error of ours that ends most attempts discards no job`() async throws {
        try await JobWorkerTests().withBench { bench in
            try await bench.insert(12)
            try await bench.execute("UPDATE dailies.jobs SET max_attempts = 2")
            let isBroken = Mutex(true)
            let worker = bench.worker(slots: 1) { _ in
                if isBroken.withLock({ $0 }) { throw Broken() }
                return .completed { _ in }
            }
            try await bench.run([worker]) {
                try await bench.until(
                    "SELECT coalesce(bool_or(trouble LIKE 'Most attempts end alike (%it broke%'), false) FROM dailies.workers")
                try await bench.until("SELECT count(*) >= 2 FROM dailies.jobs WHERE timeline @> '[{\"outcome\": \"snoozed\"}]'")
                isBroken.withLock { $0 = false }
                try await bench.until("SELECT count(*) = 12 FROM dailies.job_history WHERE outcome = 'completed'")
            }
            #expect(try await bench.value("SELECT count(*) FROM dailies.job_history WHERE failures >= 2") == 0)
        }
    }

    private struct Broken: Error, CustomStringConvertible {
        var description: String { "it broke" }
    }
}
