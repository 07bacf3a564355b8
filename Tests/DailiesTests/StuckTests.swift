import Foundation
import Glibc
import Postgres
import Subprocess
import Synchronization
import TestSupport
import Testing

/// A session that holds a lock and forgets it: what it is about waits, and nothing else does.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct StuckTests {
    /// Runs `body` while a session has done this in a transaction that it does not end.
    private func forgetting(
        _ statement: String, in product: Product, _ body: (Int32) async throws -> Void
    ) async throws {
        var database = product.pool.configuration.connection
        database.applicationName = "forgetful"
        let holder = try await PostgresConnection.connect(database)
        let process: Int32 = try await holder.query("SELECT pg_backend_pid()").one().decode(at: 0)
        try await holder.script("BEGIN")
        try await holder.script(statement)
        try await body(process)
        try await holder.script("ROLLBACK")
    }

    private static let deletion = "DELETE FROM dailies.candidates WHERE email = 'candidate-1@example.org'"

    @Test func `a deletion of one candidate that nobody commits stops none of the others' answers, and is named`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(1))
            try await product.withWorker(slots: 2, variables: ["DAILIES_HEALTH": "127.0.0.1:0"]) { worker in
                try await product.until("SELECT count(*) = 1 FROM dailies.review_records")
                // No inspection ends before the other session holds the rows.
                try worker.holdInspections()
                try await product.bringIn(Product.recordings(7))
                try await forgetting(Self.deletion, in: product) { process in
                    worker.resumeInspections()
                    try await product.bringIn(Product.recordings(4), from: 2)
                    try await product.until(
                        """
                        SELECT count(*) = 4 FROM dailies.review_records rr JOIN dailies.responses r ON r.id = rr.response_id
                        JOIN dailies.interviews i ON i.id = r.interview_id JOIN dailies.candidates c ON c.id = i.candidate_id
                        WHERE c.email <> 'candidate-1@example.org'
                        """)
                    try await until { worker.said.contains("the result waits for a lock") }
                    let words = [
                        "process \(process) of the database server", "application forgetful",
                        "DELETE FROM dailies.candidates WHERE email …",
                    ]
                    for word in words { #expect(worker.said.contains(word), "\(word) in \(worker.said)") }
                    #expect(!worker.said.contains("candidate-1@"))
                    try await product.until("SELECT coalesce(bool_and(trouble LIKE '%application forgetful%'), false) FROM dailies.workers")
                    let status = try await product.run("status")
                    #expect(status.output.contains("trouble") && status.output.contains("application forgetful"), "\(status.output)")
                    // It is looked at once a second.
                    try await until {
                        let ready = try await Scraped.get("/readyz", of: worker, in: product)
                        return ready.status == 503 && ready.text.contains("application forgetful")
                    }
                    try await until {
                        let metrics = try await Scraped.get("/metrics", of: worker, in: product)
                        return (metrics.value("dailies_worker_results_waiting") ?? 0) >= 1 && metrics.value("dailies_claiming_held") == 0
                    }

                    // A person who cancels one of the jobs need not wait for the lock.
                    let job: Int64 = try await product.value("SELECT min(id) FROM dailies.jobs WHERE state = 'running'")
                    _ = try await product.run("jobs", "cancel", "\(job)")
                    try await product.until("SELECT count(*) = 1 FROM dailies.job_history WHERE id = \(job) AND outcome = 'cancelled'")
                }
                try await product.until("SELECT count(*) = 10 FROM dailies.review_records")
                try await product.until("SELECT bool_and(trouble IS NULL) FROM dailies.workers")
            }
            #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE failures + crashes > 0") == 0)
            #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE outcome = 'discarded'") == 0)
        }
    }

    @Test func `a worker that is told to end does so although results cannot be written, and says which it gives up`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(4))
            let log = Mutex("")
            try await forgetting(Self.deletion, in: product) { _ in
                let status = try await product.withWorker(slots: 2, variables: ["DAILIES_GRACE_SECONDS": "1"]) { worker in
                    try await until { worker.said.contains("the result waits for a lock") }
                    worker.send(SIGTERM)
                    try await until { ProcessTree.isGone(worker.process) }
                    log.withLock { $0 = worker.said }
                }
                // The worker is gone, and the transaction still holds its lock.
                #expect(status == .exited(0))
                #expect(log.withLock { $0 }.contains("gives up jobs whose results cannot be written"))
                #expect(try await product.value("SELECT count(*) FROM dailies.review_records") == 0)
            }
            try await product.withWorker { _ in try await product.until("SELECT count(*) = 4 FROM dailies.review_records") }
            try await product.expectWhole(responses: 4)
            #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE failures + crashes > 0") == 0)
        }
    }

    @Test func `a command that a lock keeps waiting ends with the holder's name`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(1))
            try await forgetting("UPDATE dailies.jobs SET priority = priority WHERE id = 1", in: product) { process in
                let ending = try await product.run("jobs", "cancel", "1")
                #expect(ending.code == 75, "\(ending.output)\(ending.error)")
                for words in ["process \(process)", "application forgetful", "UPDATE dailies.jobs SET priority …", "End that transaction"] {
                    #expect(ending.error.contains(words), "\(words) in \(ending.error)")
                }
            }
            #expect(try await product.run("jobs", "cancel", "1").code == 0)
        }
    }
}
