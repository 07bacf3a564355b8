import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

/// A worker that others took for dead, and that was not: whatever it still tries, the database refuses.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct FenceTests {
    @Test func `a worker that was paused past its lease changes nothing when it wakes up`() async throws {
        try await withJobHeld { product, sleeper, job in
            let itsServers = sleeper.forkServers
            try await product.bringIn(Product.recordings(1), from: 3)
            try await sleeper.pause()
            try await product.withWorker { other in
                try await product.until("SELECT count(*) = 3 FROM dailies.review_records")
                sleeper.resumeInspections()
                sleeper.send(SIGCONT)
                try await until { sleeper.losses > 0 }
                #expect(other.said.contains("rescued the jobs of a dead worker"))
                // What it was at is over, and it works again, as a new one.
                try await until { itsServers.allSatisfy(ProcessTree.isGone) }
                try await product.until("SELECT count(*) = 2 FROM dailies.workers")
            }
            let story = try await product.story(of: job)
            #expect(story.timeline.first?.worker?.hasSuffix(":\(sleeper.process)") == true)
            #expect(story.timeline.last?.worker?.hasSuffix(":\(sleeper.process)") == false)
        }
    }

    @Test func `a worker that is declared dead while its result is on the way is told so, and its result is dropped`() async throws {
        try await withJobHeld { product, worker, job in
            try await product.pool.transaction { connection in
                // Its transaction has to wait for this one.
                try await connection.execute("SELECT FROM dailies.jobs WHERE state = 'running' FOR UPDATE")
                worker.resumeInspections()
                try await product.until(Self.itsEndWaits, whileKept: worker)
                try await connection.execute("UPDATE dailies.workers SET beaten_at = now() - interval '1 hour'")
                try await connection.execute("SELECT dailies.rescue_jobs()")
            }
            // Its next beat may have waited too, and be the first to hear of it: then it does not try with the result any more.
            try await until { worker.said.contains("Attempt 1 of job \(job) is no longer held") || worker.losses > 0 }
            try await product.until("SELECT count(*) = 2 FROM dailies.review_records")
        }
    }

    @Test func `a worker that is paused within its transaction holds nobody up`() async throws {
        try await withJobHeld { product, sleeper, _ in
            try await product.pool.transaction { connection in
                try await connection.execute("SELECT FROM dailies.jobs WHERE state = 'running' FOR UPDATE")
                sleeper.resumeInspections()
                try await product.until(Self.itsEndWaits, whileKept: sleeper)
                try await sleeper.pause()
            }
            // Now the job is ended, in a transaction that nobody ends.
            try await product.withWorker { _ in
                try await product.until("SELECT count(*) = 2 FROM dailies.review_records")
                sleeper.send(SIGCONT)
                try await until { sleeper.losses > 0 }
            }
        }
    }

    /// Runs `body` with a worker that has a job in mid-inspection, which is then expected to be rescued once and completed once.
    private func withJobHeld(_ body: @escaping (Product, WorkerProcess, Int64) async throws -> Void) async throws {
        try await LostEarly.beginningAgain {
            try await Product.with { product in
                try await product.bringIn(Product.recordings(1))
                try await product.withWorker { worker in
                    try await product.until("SELECT count(*) = 1 FROM dailies.review_records")
                    try worker.holdInspections()
                    try await product.bringIn(Product.recordings(1), from: 2)
                    try await product.until("SELECT count(*) = 1 FROM dailies.jobs WHERE state = 'running'", whileKept: worker)
                    try await body(product, worker, 2)
                }
                try await product.expectWhole(responses: product.value("SELECT count(*) FROM dailies.responses"))
                let story = try await product.story(of: 2)
                #expect(story.timeline.map(\.outcome) == ["rescued", "completed"])
                #expect(story.timeline.map(\.attempt) == [1, 2])
            }
        }
    }

    /// A worker's transaction waits for another one's lock on its job.
    private static let itsEndWaits: PostgresQuery = """
        SELECT EXISTS (SELECT FROM pg_stat_activity
                       WHERE datname = current_database() AND wait_event_type = 'Lock' AND query ~ 'end_job|complete_jobs')
        """

    @Test func `a stale claim is refused in its transaction, and nothing of the transaction stays`() async throws {
        try await LostEarly.beginningAgain {
            try await Product.with { product in
                let attempt = try await overtaken(in: product) { _ in }
                #expect(attempt.refusal?.sqlState?.rawValue == "DJ001")
                #expect(attempt.written == Attempt.Effects(), "nothing was there after it but what the other one has under way")
                try await product.expectWhole(responses: 2)
                #expect(
                    try await product.value("SELECT count(DISTINCT report -> 'container' ->> 'sha256') FROM dailies.review_records") == 2)
            }
        }
    }

    @Test func `control: a completion that is fenced by state only accepts the stale claim`() async throws {
        try await LostEarly.beginningAgain {
            try await Product.with { product in
                let attempt = try await overtaken(in: product) { connection in
                    try await connection.script(
                        """
                        ALTER FUNCTION dailies.end_job(uuid, bigint, integer, text, text) RENAME TO end_attempt;
                        CREATE FUNCTION dailies.end_job(worker uuid, job bigint, claim_attempt integer, how text, why text DEFAULT NULL)
                        RETURNS void LANGUAGE sql AS $$
                            SELECT dailies.end_attempt(j.worker_id, job, j.attempt, how, why)
                            FROM dailies.jobs j WHERE j.id = job AND j.state = 'running';
                        $$;
                        """)
                }
                #expect(attempt.refusal == nil)
                #expect(attempt.written == Attempt.Effects(records: 1, flags: 1, artifacts: 5, outbox: 1, history: 1))
                // The other worker has done the work, and the record is not its own.
                #expect(
                    try await product.value("SELECT count(DISTINCT report -> 'container' ->> 'sha256') FROM dailies.review_records") == 1)
            }
        }
    }

    /// What became of the transaction of a claimer that was overtaken.
    private struct Attempt {
        struct Effects: Equatable {
            var records = 0
            var flags = 0
            var artifacts = 0
            var outbox = 0
            var history = 0
        }

        var refusal: PostgresError?
        /// What its response had right after it.
        var written = Effects()
    }

    /// A claimer made of SQL alone claims a job and stops beating. A real worker buries it and has the job in mid-inspection when
    /// the old claimer comes with its result: another response's record, so that the two can be told apart.
    private func overtaken(
        in product: Product, breaking break: (PostgresConnection) async throws -> Void
    ) async throws -> Attempt {
        try await product.bringIn([Fixtures.recording("chrome-vp9-opus.webm")])
        try await product.pool.withConnection(`break`)
        let claimer: UUID = try await product.value(
            "INSERT INTO dailies.workers (name, version, slots, lease) VALUES ('claimer', '1', 1, '1 hour') RETURNING id")
        let (job, response): (Int64, Int64) = try await product.pool.query(
            """
            SELECT id, (payload ->> 'response_id')::bigint FROM dailies.claim_jobs(\(claimer), ARRAY['inspect_response'], 1)
            WHERE attempt = 1
            """, as: (Int64.self, Int64.self))[0]
        try await product.bringIn([Fixtures.recording("fault-mic-muted.webm")], from: 2)
        let attempt = Mutex(Attempt())
        try await product.withWorker { worker in
            try await product.until("SELECT count(*) = 1 FROM dailies.review_records")
            try worker.holdInspections()
            try await product.pool.execute("UPDATE dailies.workers SET beaten_at = now() - interval '1 day' WHERE id = \(claimer)")
            try await product.until(
                "SELECT count(*) = 1 FROM dailies.jobs WHERE id = \(job) AND state = 'running' AND attempt = 2", whileKept: worker)
            do {
                try await product.pool.transaction { connection in
                    try await connection.execute("SELECT dailies.end_job(\(claimer), \(job), 1, 'completed')")
                    try await connection.execute("SELECT dailies.record_review(\(response), report) FROM dailies.review_records")
                }
            } catch let error as PostgresError {
                attempt.withLock { $0.refusal = error }
            }
            let written = try await effects(of: response, job, in: product)
            attempt.withLock { $0.written = written }
            worker.resumeInspections()
            if attempt.withLock({ $0.refusal == nil }) {
                try await until { worker.said.contains("Attempt 2 of job \(job) is no longer held") || worker.losses > 0 }
            }
            try await product.until("SELECT count(*) = 2 FROM dailies.review_records")
        }
        return attempt.withLock { $0 }
    }

    private func effects(of response: Int64, _ job: Int64, in product: Product) async throws -> Attempt.Effects {
        Attempt.Effects(
            records: try await product.value("SELECT count(*) FROM dailies.review_records WHERE response_id = \(response)"),
            flags: try await product.value("SELECT count(*) FROM dailies.flags WHERE response_id = \(response)"),
            artifacts: try await product.value("SELECT count(*) FROM dailies.artifacts WHERE response_id = \(response)"),
            outbox: try await product.value("SELECT count(*) FROM dailies.outbox WHERE payload ->> 'response_id' = \(response)::text"),
            history: try await product.value("SELECT count(*) FROM dailies.job_history WHERE id = \(job)"))
    }
}

/// A crowded machine took a worker's lease, and with it what the worker had in mid-job, before a test came to its point.
private struct LostEarly: Error {
    /// Runs `body` once more, on a product of its own, as often as that happens; the suite's time limit ends it.
    static func beginningAgain(_ body: () async throws -> Void) async throws {
        while true {
            do {
                return try await body()
            } catch is LostEarly {
                try Task.checkCancellation()
            }
        }
    }
}

extension Product {
    /// Waits as `until` does, for what comes only as long as the worker keeps its lease.
    /// - Throws: `LostEarly` when it does not.
    fileprivate func until(
        _ query: PostgresQuery, whileKept worker: WorkerProcess, fileID: String = #fileID, line: Int = #line
    ) async throws {
        try await TestSupport.until(fileID: fileID, line: line) {
            guard worker.losses == 0 else { throw LostEarly() }
            return try await value(query)
        }
    }
}
