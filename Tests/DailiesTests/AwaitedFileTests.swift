import Foundation
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// A row that comes before its file, or while the file is still written, is no verdict.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct AwaitedFileTests {
    private static let recording = Fixtures.recording("chrome-vp8-opus.webm")

    /// Where another program puts the recordings of its rows.
    private func upload(_ name: String, in product: Product) throws -> FilePath {
        let uploads = product.data.appending("storage/uploads")
        try FileManager.default.createDirectory(atPath: uploads.string, withIntermediateDirectories: true)
        return uploads.appending(name)
    }

    /// A row of another program.
    /// - Returns: the response's id.
    private func insert(_ name: String, declaring bytes: Int? = nil, in product: Product) async throws -> Int64 {
        try await product.value(
            """
            SELECT dailies.submit_response('deep-learning-engineer', '1', \(name), \("\(name)@example.org"), \("uploads/\(name)"),
                                           declared_bytes => \(bytes)::bigint)
            """)
    }

    private func job(of response: Int64, in product: Product) async throws -> Int64 {
        try await product.value(
            "SELECT id FROM dailies.jobs WHERE kind = 'inspect_response' AND (payload ->> 'response_id')::bigint = \(response)")
    }

    /// As if its plan were over: waited for a day, with as many looks as that takes.
    private func endPlan(of response: Int64, in product: Product) async throws {
        try await product.pool.execute(
            "UPDATE dailies.awaited_files SET since = since - interval '1 day', looks = 100 WHERE response_id = \(response)")
        try await product.pool.execute("UPDATE dailies.jobs SET due_at = now() WHERE state = 'scheduled'")
    }

    @Test func `a row before its file waits for it, is shown so, and costs no try`() async throws {
        try await Product.with { product in
            try await product.loadRole()
            try await product.withWorker { worker in
                let response = try await insert("late.webm", in: product)
                try await product.until("SELECT count(*) = 1 FROM dailies.answers WHERE status = 'awaiting_file'")
                let job = try await job(of: response, in: product)
                #expect(try await product.run("status").output.contains("1 processing (1 waiting for their file)"))
                #expect(try await product.run("answers").output.contains("waiting for its file"))
                #expect(
                    try await product.run("jobs", "show", "\(job)").output.contains("waits for its file: no file is stored under its key"))
                #expect(!worker.said.contains("the infrastructure is away"), "the breaker is for what every job needs")
                // Others are not kept up.
                try FileManager.default.copyItem(atPath: Self.recording.string, toPath: upload("other.webm", in: product).string)
                _ = try await insert("other.webm", in: product)
                try await product.until("SELECT count(*) = 1 FROM dailies.answers WHERE status = 'reviewable'")

                try FileManager.default.copyItem(atPath: Self.recording.string, toPath: upload("late.webm", in: product).string)
                let sooner = try await product.run("reinspect", "\(response)")
                #expect(sooner.code == 0, "\(sooner.error)")
                try await product.until("SELECT count(*) = 2 FROM dailies.answers WHERE status = 'reviewable'")
                let story = try await product.story(of: job)
                #expect(story.job.failures == 0 && story.job.crashes == 0)
            }
            #expect(try await product.value("SELECT count(*) FROM dailies.awaited_files") == 0)
            #expect(try await product.value("SELECT count(*) FROM dailies.outbox WHERE topic = 'response.unusable'") == 0)
        }
    }

    @Test func `a file that is shorter than announced, or is still written, is not judged before it is whole`() async throws {
        try await Product.with { product in
            try await product.loadRole()
            let whole = try Data(contentsOf: URL(filePath: Self.recording.string))
            let half = whole.prefix(whole.count / 2)
            let (announced, growing) = (try upload("announced.webm", in: product), try upload("growing.webm", in: product))
            // The second look comes when the test wants it.
            try await product.pool.withConnection { connection in
                try await connection.script(
                    """
                    CREATE FUNCTION public.take_time() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
                    BEGIN
                        UPDATE dailies.jobs SET due_at = now() + interval '1 hour' WHERE id = NEW.job_id;
                        RETURN NULL;
                    END $$;
                    CREATE TRIGGER takes_time AFTER INSERT ON dailies.awaited_files FOR EACH ROW EXECUTE FUNCTION public.take_time();
                    """)
            }
            try half.write(to: URL(filePath: announced.string))
            try await product.withWorker { _ in
                let response = try await insert("announced.webm", declaring: whole.count, in: product)
                try half.write(to: URL(filePath: growing.string))
                let unannounced = try await insert("growing.webm", in: product)
                try await product.until("SELECT count(*) = 2 FROM dailies.awaited_files WHERE bytes = \(half.count)")
                for file in [growing, announced] { try whole.write(to: URL(filePath: file.string)) }
                #expect(try await product.run("reinspect", "\(response)", "\(unannounced)").code == 0)
                try await product.until("SELECT count(*) = 2 FROM dailies.answers WHERE status = 'reviewable'")
            }
            #expect(try await product.value("SELECT count(*) FROM dailies.flags WHERE name = 'truncated'") == 0)
            #expect(try await product.value("SELECT count(DISTINCT duration_ms) FROM dailies.review_records") == 1)
        }
    }

    @Test func `a single pass ends when only jobs of kinds that it does not know are left, and says how many`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(1))
            try await product.pool.execute("INSERT INTO dailies.jobs (kind) VALUES ('unknown_kind')")
            let up = try await product.run("up", "--once")
            #expect(up.code == 0 && up.error.contains("1 job is left whose kind this worker does not know"), "\(up.error)")
            #expect(try await product.value("SELECT count(*) FROM dailies.answers WHERE status = 'reviewable'") == 1)
        }
    }

    @Test func `a single pass ends when only files that have not arrived are left, and says how many`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(2))
            _ = try await insert("never.webm", in: product)
            let up = try await product.run("up", "--once")
            #expect(up.code == 0 && up.error.contains("1 answer waits for its file"), "\(up.error)")
            #expect(try await product.value("SELECT count(*) FROM dailies.answers WHERE status = 'reviewable'") == 2)
            #expect(try await product.value("SELECT count(*) FROM dailies.jobs WHERE failures + crashes = 0") == 1)
        }
    }

    @Test func `after the plan there is a verdict, and it is taken back when the file has come`() async throws {
        try await Product.with { product in
            try await product.loadRole()
            let whole = try Data(contentsOf: URL(filePath: Self.recording.string))
            try whole.prefix(whole.count / 2).write(to: URL(filePath: upload("short.webm", in: product).string))
            try await product.withWorker { _ in
                let missing = try await insert("missing.webm", in: product)
                let short = try await insert("short.webm", declaring: whole.count, in: product)
                try await product.until("SELECT count(*) = 2 FROM dailies.awaited_files")
                for response in [missing, short] { try await endPlan(of: response, in: product) }
                try await product.until("SELECT count(*) = 1 FROM dailies.review_records WHERE reason = 'missing'")
                try await product.until("SELECT count(*) = 1 FROM dailies.flags WHERE response_id = \(short) AND name = 'truncated'")

                for name in ["missing.webm", "short.webm"] { try whole.write(to: URL(filePath: upload(name, in: product).string)) }
                let counted = try await product.run("reinspect", "--reason", "missing", "--dry-run")
                #expect(counted.code == 0 && counted.output.contains("1 answer matches"), "\(counted.output)")
                let wrong = try await product.run("reinspect", "--reason", "missing", "--count", "2")
                #expect(wrong.code == 65 && wrong.error.contains("nothing was done"), "\(wrong.error)")
                #expect(try await product.value("SELECT count(*) FROM dailies.reinspections") == 0)
                #expect(try await product.run("reinspect", "--reason", "missing", "--count", "1").code == 0)
                #expect(try await product.run("reinspect", "--flag", "truncated", "--count", "1").code == 0)
                try await product.until("SELECT count(*) = 2 FROM dailies.answers WHERE status = 'reviewable'")
                try await product.until("SELECT count(*) = 0 FROM dailies.jobs")
            }
            #expect(try await product.value("SELECT count(*) FROM dailies.flags WHERE name = 'truncated'") == 0)
            #expect(try await product.value("SELECT count(*) FROM dailies.withdrawn_reviews") == 2)
        }
    }
}
