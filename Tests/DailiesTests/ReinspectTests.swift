import Foundation
import Postgres
import SystemPackage
import TestSupport
import Testing

/// Recordings that are looked into again, by the real command and a real worker.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct ReinspectTests {
    /// One reviewer's rating, and captions that another program has added.
    private func judge(_ product: Product) async throws {
        try await product.pool.execute("INSERT INTO dailies.reviewers (email, name) VALUES ('rosa@team.example', 'Rosa')")
        try await product.pool.execute(
            """
            INSERT INTO dailies.ratings (response_id, reviewer_id, score, question_version)
            SELECT r.id, v.id, 4, r.question_version FROM dailies.responses r, dailies.reviewers v
            """)
        try await product.pool.execute(
            """
            INSERT INTO dailies.added_artifacts (response_id, kind, key, media_type, bytes, sha256)
            SELECT id, 'captions', 'captions/' || id, 'text/vtt', 7, repeat('0', 64) FROM dailies.responses
            """)
    }

    @Test func `the former record stays in effect until the new one is there, and ratings and captions stay for good`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(3))
            try await product.withWorker { _ in try await product.until("SELECT count(*) = 3 FROM dailies.review_records") }
            try await judge(product)
            let before: Date = try await product.value("SELECT max(created_at) FROM dailies.review_records")

            let asked = try await product.run("reinspect", "--role", "deep-learning-engineer", "--count", "3", "--note", "a new release")
            #expect(
                asked.code == 0 && asked.output.contains("answers 1, 2, 3: will be looked into again."), "\(asked.output)\(asked.error)")
            let twice = try await product.run("reinspect", "1", "2", "99")
            #expect(twice.code == 65 && twice.output.contains("being looked into again already"), "\(twice.output)")
            #expect(twice.error.contains("there is no answer 99"), "\(twice.error)")
            #expect(try await product.value("SELECT count(*) FROM dailies.jobs") == 3, "one for each, however often it is asked for")
            #expect(try await product.value("SELECT count(*) FROM dailies.current_answers WHERE status = 'reviewable'") == 3)

            try await product.withWorker { worker in
                try await product.until("SELECT count(*) = 0 FROM dailies.jobs")
                #expect(!worker.said.contains("permission denied"), "\(worker.said)")
            }
            #expect(try await product.value("SELECT count(*) FROM dailies.review_records WHERE created_at > \(before)") == 3)
            #expect(
                try await product.value(
                    "SELECT count(*) FROM dailies.withdrawn_reviews WHERE why = 'reinspected by hand: a new release'") == 3)
            #expect(try await product.value("SELECT count(*) FROM dailies.ratings WHERE score = 4") == 3)
            #expect(try await product.value("SELECT count(*) FROM dailies.added_artifacts WHERE kind = 'captions'") == 3)
            #expect(try await product.value("SELECT count(*) FROM dailies.current_answers WHERE status = 'reviewable' AND fours = 1") == 3)
            #expect(try await product.value("SELECT count(*) FROM dailies.audit_events WHERE action = 'answer.reinspected'") == 3)
            #expect(
                try await product.value(
                    "SELECT string_agg(topic, ' ' ORDER BY id) FROM dailies.outbox WHERE (payload ->> 'response_id')::bigint = 1")
                    == "response.reviewable response.reopened response.reviewable")
        }
    }

    @Test func `a record stays for good when its recording is gone, and when the inspector dies`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(2))
            try await product.withWorker { _ in try await product.until("SELECT count(*) = 2 FROM dailies.review_records") }
            let key: String = try await product.value("SELECT recording_key FROM dailies.responses WHERE id = 1")
            try FileManager.default.removeItem(atPath: product.data.appending("storage").appending(FilePath(key).components).string)
            #expect(try await product.run("reinspect", "1").code == 0)
            try await product.withWorker { worker in
                try await product.until("SELECT count(*) = 1 FROM dailies.job_history WHERE outcome = 'discarded'")
                async let first = worker.catchInspector()
                #expect(try await product.run("reinspect", "2").code == 0)
                var inspector = try await first
                // Not SIGKILL, which tells of a machine without memory. It was stopped, so it dies once it goes on.
                for signal in [SIGSEGV, SIGCONT] { kill(inspector, signal) }
                // It is tried once more.
                inspector = try await worker.catchInspector(besides: inspector)
                for signal in [SIGSEGV, SIGCONT] { kill(inspector, signal) }
                try await product.until("SELECT count(*) = 0 FROM dailies.jobs")
            }
            #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE outcome = 'discarded'") == 2)
            #expect(try await product.value("SELECT count(*) FROM dailies.answers WHERE status = 'reviewable'") == 2)
            let error: String = try await product.value(
                "SELECT error FROM dailies.job_history WHERE outcome = 'discarded' AND payload @> '{\"response_id\": 1}'")
            #expect(error.contains("The earlier review record stays."))
            #expect(try await product.value("SELECT count(*) FROM dailies.withdrawn_reviews WHERE response_id = 1") == 0)
        }
    }
}
