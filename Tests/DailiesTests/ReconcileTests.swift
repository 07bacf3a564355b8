import Foundation
import Postgres
import Storage
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Answers, jobs and files that have lost each other: found by `doctor` and `reconcile`, and mended.
@Suite(.tags(.database, .media, .program), .timeLimit(.minutes(10)))
struct ReconcileTests {
    /// Inserts one more take of each response, with triggers off, as logical replication does. Its recording is in storage.
    private static func insertSilently(_ product: Product, ago: String = "5 minutes") async throws {
        let uploads = product.data.appending("storage/uploads")
        try FileManager.default.createDirectory(atPath: uploads.string, withIntermediateDirectories: true)
        try FileManager.default.copyItem(
            atPath: Fixtures.recording("audio-only.webm").string, toPath: uploads.appending("silent.webm").string)
        try await product.pool.transaction { connection in
            try await connection.execute("SET LOCAL session_replication_role = replica")
            try await connection.execute(
                """
                INSERT INTO dailies.responses (interview_id, question_id, role_id, question_version, take, recording_key, submitted_at)
                SELECT interview_id, question_id, role_id, question_version, take + 1, 'uploads/silent.webm', now() - \(ago)::text::interval
                FROM dailies.responses
                """)
        }
    }

    private static func file(_ key: String, of product: Product) -> FilePath { product.data.appending("storage").appending(key) }

    /// Writes a file into storage, as old as that.
    private static func put(_ key: String, into product: Product, hoursAgo: Double) throws {
        let path = file(key, of: product)
        try FileManager.default.createDirectory(atPath: path.removingLastComponent().string, withIntermediateDirectories: true)
        try "x".write(toFile: path.string, atomically: false, encoding: .utf8)
        let then = Date(timeIntervalSinceNow: -3600 * hoursAgo)
        try FileManager.default.setAttributes([.modificationDate: then], ofItemAtPath: path.string)
    }

    private static func exists(_ key: String, in product: Product) -> Bool {
        FileManager.default.fileExists(atPath: file(key, of: product).string)
    }

    private static func artifactKey(_ digit: Character) -> String {
        let digest = String(repeating: digit, count: 64)
        return "artifacts/\(digest.prefix(2))/\(digest.prefix(2))/\(digest).jpg"
    }

    @Test func `an answer that came without its job is told, and a worker inspects it without being asked`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(1))
            try await Self.insertSilently(product)
            let doctor = try await product.run("doctor").output
            #expect(doctor.contains("problem answers: 1 wait without a job: 2."), "\(doctor)")
            let told = try await product.run("reconcile")
            #expect(told.code == 65 && told.output.contains("1 answer has no job: 2."), "\(told)")
            #expect(try await product.value("SELECT count(*) FROM dailies.jobs") == 1, "nothing was changed")
            try await product.withWorker(variables: ["DAILIES_HEALTH": "127.0.0.1:0"]) { worker in
                try await product.until("SELECT count(*) = 2 FROM dailies.review_records")
                try await until { worker.said.contains("inserted jobs for answers that had none") }
                let metrics = try await Scraped.get("/metrics", of: worker, in: product)
                #expect(metrics.value("dailies_jobs_given_total") == 1)
                #expect(metrics.value("dailies_answers_without_job") == 0)
                #expect(metrics.value("dailies_notification_queue_ratio") == 0)
                #expect(metrics.value("dailies_answers_looked_after_seconds") != nil)
                #expect(!worker.said.contains("example.org"))
            }
            try await product.expectWhole(responses: 2)
            let after = try await product.run("reconcile")
            #expect(after.code == 0 && after.output == "Everything belongs together.\n", "\(after)")
        }
    }

    @Test func `by hand: missing jobs are inserted, and jobs of deleted answers are cancelled`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(2))
            try await Self.insertSilently(product)
            try await product.pool.execute("DELETE FROM dailies.responses WHERE id = 1")
            let told = try await product.run("reconcile")
            #expect(told.output.contains("2 answers have no job: 3, 4.") && told.output.contains("1 job has no answer: 1."), "\(told)")
            let doctor = try await product.run("doctor").output
            #expect(doctor.contains("note    answers: 1 jobs are about answers that were deleted: 1"), "\(doctor)")
            let mended = try await product.run("reconcile", "--fix")
            #expect(mended.output.contains("Inserted 2 jobs, cancelled 1, removed 0 artifacts."), "\(mended)")
            #expect(try await product.value("SELECT outcome FROM dailies.job_history WHERE id = 1") == "cancelled")
            let waiting: [String] = try await product.pool.query(
                "SELECT payload ->> 'response_id' FROM dailies.jobs ORDER BY 1", as: String.self)
            #expect(waiting == ["2", "3", "4"])
        }
    }

    @Test func `files that are gone are told, old artifacts without a row are removed, and recordings never are`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(2))
            try await product.withWorker { _ in try await product.until("SELECT count(*) = 2 FROM dailies.review_records") }
            let poster: String = try await product.value("SELECT key FROM dailies.artifacts WHERE response_id = 1 AND kind = 'poster'")
            try FileManager.default.removeItem(atPath: Self.file(poster, of: product).string)
            // Two days ago, so that its recording has arrived by now; rows of responses are not changed in any other way.
            try await product.pool.transaction { connection in
                try await connection.execute("SET LOCAL session_replication_role = replica")
                try await connection.execute("UPDATE dailies.responses SET submitted_at = now() - interval '2 days' WHERE id = 2")
            }
            let recording: String = try await product.value("SELECT recording_key FROM dailies.responses WHERE id = 2")
            try FileManager.default.removeItem(atPath: Self.file(recording, of: product).string)
            try Self.put(Self.artifactKey("a"), into: product, hoursAgo: 30)
            try Self.put(Self.artifactKey("b"), into: product, hoursAgo: 20)
            try Self.put("uploads/never-submitted.webm", into: product, hoursAgo: 30)
            try Self.put("recordings/cc/\(String(repeating: "c", count: 64)).webm", into: product, hoursAgo: 30)
            let told = try await product.run("reconcile", "--fix")
            for line in [
                "1 answer's recording is not in storage: 2.", "1 answer's artifacts are not all in storage: 1.",
                "1 artifact has no row: \(Self.artifactKey("a")).", "2 other files have no row: ", "They are never removed.",
                "Inserted 0 jobs, cancelled 0, removed 1 artifacts.",
            ] {
                #expect(told.output.contains(line), "\(line) is not in \(told)")
            }
            #expect(told.code == 65)
            #expect(!Self.exists(Self.artifactKey("a"), in: product) && Self.exists(Self.artifactKey("b"), in: product))
            #expect(Self.exists("uploads/never-submitted.webm", in: product))
            #expect(Self.exists("recordings/cc/\(String(repeating: "c", count: 64)).webm", in: product))
            let kept: Int = try await product.value("SELECT count(*) FROM dailies.artifacts")
            let there = try await product.pool.query("SELECT key FROM dailies.artifacts", as: String.self).count {
                Self.exists($0, in: product)
            }
            #expect(there == kept - 1, "what a row names stays")
        }
    }

    @Test func `of a storage that is not this database's nothing is believed and nothing removed`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(1))
            try await product.withWorker { _ in try await product.until("SELECT count(*) = 1 FROM dailies.review_records") }
            let empty = product.data.appending("another")
            let told = try await product.run("reconcile", "--fix", "--storage", empty.string)
            #expect(told.code == 69 && told.error.contains("None of the files that the rows name is in storage"), "\(told)")
            for digit in "0123456789" { try Self.put(Self.artifactKey(digit), into: product, hoursAgo: 30) }
            let doubtful = try await product.run("reconcile", "--fix")
            #expect(doubtful.code == 65 && doubtful.output.contains("No artifact was removed: more of them have no row than have one."))
            for digit in "0123456789" { #expect(Self.exists(Self.artifactKey(digit), in: product)) }
        }
    }

    @Test func `a worker deletes news that is older than outbox-days`() async throws {
        try await Product.with { product in
            try await product.pool.execute(
                """
                INSERT INTO dailies.outbox (topic, payload, created_at)
                SELECT 'response.reviewable', '{}', now() - interval '1 hour' - interval '1 day' * n FROM generate_series(0, 9) AS n
                """)
            try await product.withWorker(variables: ["DAILIES_OUTBOX_DAYS": "4"]) { _ in
                try await product.until("SELECT count(*) = 4 FROM dailies.outbox")
            }
            #expect(try await product.value("SELECT max(now() - created_at) < interval '4 days' FROM dailies.outbox"))
        }
    }
}
