import Foundation
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import Dailies

/// Files in storage that are not what they were: found by `dailies storage verify`, and made again where that is possible.
@Suite(.tags(.database, .media, .program, .server), .timeLimit(.minutes(10)))
struct StorageVerifyTests {
    private static func file(_ key: String, of product: Product) -> FilePath { product.data.appending("storage").appending(key) }

    private static func key(_ kind: String, of answer: Int64, _ product: Product) async throws -> String {
        try await product.value("SELECT key FROM dailies.artifacts WHERE response_id = \(answer) AND kind = \(kind)")
    }

    private static func recording(of answer: Int64, _ product: Product) async throws -> String {
        try await product.value("SELECT recording_key FROM dailies.responses WHERE id = \(answer)")
    }

    private static func damage(_ key: String, of product: Product, _ damage: (inout Data) -> Void) throws {
        let path = URL(filePath: file(key, of: product).string)
        var content = try Data(contentsOf: path)
        damage(&content)
        try content.write(to: path)
    }

    private static func flip(_ content: inout Data) { content[content.count / 2] ^= 1 }

    /// Lets a worker do all that waits.
    private static func work(_ product: Product) async throws {
        try await product.withWorker { _ in try await product.until("SELECT count(*) = 0 FROM dailies.jobs") }
    }

    private static func verify(_ product: Product, _ flags: String..., expecting code: Int32, _ lines: String...) async throws {
        let ending = try await product.run(["storage", "verify"] + flags)
        #expect(ending.code == code, "\(ending)")
        for line in lines { #expect(ending.output.contains(line), "\(line) is not in \(ending)") }
    }

    @Test func `in a folder, each kind of damage is told with its answer, what can be made again is, and an import heals a recording`()
        async throws
    {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(3))
            // Another program's answer, with a key that tells nothing.
            let uploads = product.data.appending("storage/uploads")
            try FileManager.default.createDirectory(atPath: uploads.string, withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                atPath: Fixtures.recording("audio-only.webm").string, toPath: uploads.appending("a.webm").string)
            try await product.pool.execute(
                """
                INSERT INTO dailies.responses (interview_id, question_id, recording_key)
                SELECT interview_id, question_id, 'uploads/a.webm' FROM dailies.responses WHERE id = 1
                """)
            try await Self.verify(
                product, expecting: 0, "1 file is there, and its checksum is not known: uploads/a.webm.", "Read 3 files", "all are right.")
            try await Self.work(product)
            try await Self.verify(product, expecting: 0, "all are right.")

            try Self.damage(try await Self.key("poster", of: 1, product), of: product, Self.flip)
            try Self.damage(try await Self.key("playback", of: 2, product), of: product) { $0.removeAll() }
            try FileManager.default.removeItem(atPath: Self.file(try await Self.key("waveform", of: 2, product), of: product).string)
            let (cut, flipped) = (try await Self.recording(of: 3, product), "uploads/a.webm")
            try Self.damage(cut, of: product) { $0.removeLast() }
            try Self.damage(try await Self.key("poster", of: 3, product), of: product, Self.flip)
            try Self.damage(flipped, of: product, Self.flip)
            let stranger = Self.file("uploads/stranger.webm", of: product).string
            try "x".write(toFile: stranger, atomically: false, encoding: .utf8)
            try FileManager.default.setAttributes([.modificationDate: Date(timeIntervalSinceNow: -100_000)], ofItemAtPath: stranger)

            let lines = [
                "2 answers' recordings are damaged: 3 (\(cut)), 4 (\(flipped)).", "3 answers' artifacts are damaged: 1 (artifacts/",
                "1 answer's artifacts are not all in storage: 2 (", "1 other file has no row.", "not all are right.",
            ]
            for flags in [[], ["--after", "0"]] {
                let told = try await product.run(["storage", "verify"] + flags)
                #expect(told.code == 65, "\(told)")
                for line in lines { #expect(told.output.contains(line), "\(line) is not in \(told)") }
            }
            #expect(try await product.value("SELECT count(*) FROM dailies.jobs") == 0, "nothing was changed")
            try await Self.verify(
                product, "--after", "2", expecting: 65, lines[0], "1 answer's artifacts are damaged: 3 (")

            try await Self.verify(
                product, "--repair", expecting: 65,
                "2 answers will be inspected again, 0 renditions made again; the rest has to be restored.")
            try await Self.work(product)
            #expect(try await product.value("SELECT count(*) FROM dailies.withdrawn_reviews") == 2)
            try await Self.verify(product, expecting: 65, lines[0], "1 answer's artifacts are damaged: 3 (")

            try await product.bringIn(Product.recordings(3))
            try FileManager.default.removeItem(atPath: Self.file(flipped, of: product).string)
            try FileManager.default.copyItem(
                atPath: Fixtures.recording("audio-only.webm").string, toPath: Self.file(flipped, of: product).string)
            try await Self.verify(product, "--repair", expecting: 0, "1 answers will be inspected again, 0 renditions made again. Verify")
            try await Self.work(product)
            try await Self.verify(product, expecting: 0, "all are right.")
            #expect(FileManager.default.fileExists(atPath: stranger))

            let elsewhere = try await product.run("storage", "verify", "--storage", product.data.appending("another").string)
            #expect(elsewhere.code == 69, "\(elsewhere)")
        }
    }

    @Test func `nobody is judged by a recording that is damaged: its job waits until it was restored`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(1))
            try Self.damage(try await Self.recording(of: 1, product), of: product, Self.flip)
            try await product.withWorker { worker in
                try await until { worker.said.contains("is damaged: its bytes are not the ones that were sent.") }
                try await product.until("SELECT count(*) = 1 FROM dailies.jobs WHERE state = 'scheduled'")
                try await product.bringIn(Product.recordings(1))
                try await product.pool.execute("UPDATE dailies.jobs SET due_at = now()")
                try await product.until("SELECT count(*) = 1 FROM dailies.review_records WHERE outcome = 'usable'")
            }
        }
    }

    @Test func `a rendition that is gone is made again, and captions have to be restored`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(2))
            try await Self.work(product)
            try await product.pool.execute(
                """
                WITH made AS (
                    INSERT INTO dailies.renditions (response_id, status, ended_at) VALUES (1, 'made', now())
                )
                INSERT INTO dailies.added_artifacts (response_id, kind, key, media_type, bytes, sha256)
                VALUES (1, 'rendition', 'renditions/1', 'video/mp4', 7, repeat('0', 64))
                """)
            try await Self.verify(
                product, "--repair", expecting: 0, "1 answer's artifacts are not all in storage: 1 (renditions/1).",
                "0 answers will be inspected again, 1 renditions made again.")
            #expect(try await product.value("SELECT count(*) FROM dailies.jobs WHERE kind = 'render_response'") == 1)
            #expect(try await product.value("SELECT status FROM dailies.renditions") == "waiting")
            try await Self.verify(product, expecting: 0, "all are right.")
            try await product.pool.execute(
                """
                INSERT INTO dailies.added_artifacts (response_id, kind, key, media_type, bytes, sha256)
                VALUES (2, 'captions', 'captions/2', 'text/vtt', 7, repeat('0', 64))
                """)
            try await Self.verify(product, "--repair", expecting: 65, "0 answers will be inspected again", "the rest has to be restored.")
        }
    }

    @Test func `in a bucket too, in spite of what is recorded there; and a run that was stopped goes on where it was`() async throws {
        let store = try await ObjectStore.running()
        let bucket = try await store.makeBucket()
        let proxy = try FaultyStore(before: store.port)
        try await Product.with { product in
            var product = product
            product.settings = [
                "DAILIES_STORAGE": "s3://\(bucket)/answers", "DAILIES_S3_ENDPOINT": proxy.endpoint,
                "AWS_ACCESS_KEY_ID": ObjectStore.accessKeyID, "AWS_SECRET_ACCESS_KEY": ObjectStore.secretAccessKey,
            ]
            try await product.bringIn(Product.recordings(2))
            try await Self.work(product)
            try await Self.verify(product, expecting: 0, "all are right.")

            // All files of the first answer, each with one question for its length, and then the second answer's recording.
            let first: Int = try await product.value("SELECT 1 + count(DISTINCT key) FROM dailies.artifacts WHERE response_id = 1")
            let asked = proxy.requests.count { $0.method == "HEAD" } + first
            for _ in 0..<first { proxy.spoil("HEAD", .pass) }
            proxy.spoil("HEAD", .hang)
            let log = product.data.appending("verify.log")
            let status = try await product.running(["storage", "verify"], log: log) { verifying in
                try await until { proxy.requests.count { $0.method == "HEAD" } == asked + 1 }
                kill(verifying, SIGTERM)
            }
            #expect(status == .exited(143))
            let said = try String(contentsOfFile: log.string, encoding: .utf8)
            #expect(said.contains("Stopped after answer 1. Go on with --after 1."), "\(said)")
            try await Self.verify(product, "--after", "1", "--mib-per-second", "1000", expecting: 0, "all are right.")

            for (kind, damage) in [
                ("poster", ObjectStore.Damage.flip), ("storyboard", .empty), ("playback", .cut), ("waveform", .remove),
            ] {
                try await store.damage("answers/\(try await Self.key(kind, of: 1, product))", in: bucket, damage)
            }
            try await Self.verify(
                product, "--repair", expecting: 0, "1 answer's artifacts are damaged: 1 (",
                "1 answer's artifacts are not all in storage: 1 (",
                "1 answers will be inspected again, 0 renditions made again.")
            try await Self.work(product)
            try await Self.verify(product, expecting: 0, "all are right.")

            let key = try await Self.recording(of: 2, product)
            try await store.damage("answers/\(key)", in: bucket, .flip)
            try await Self.verify(product, "--repair", expecting: 65, "1 answer's recording is damaged: 2 (\(key)).")
            try await store.damage("answers/\(key)", in: bucket, .remove)
            try await Self.verify(product, "--repair", expecting: 65, "1 answer's recording is not in storage: 2 (\(key)).")
            #expect(try await product.value("SELECT count(*) FROM dailies.jobs") == 0)
            try await product.bringIn(Product.recordings(2))
            try await Self.verify(product, expecting: 0, "all are right.")

            proxy.goAway()
            let away = try await product.run("storage", "verify")
            #expect(away.code == 69, "\(away)")
        }
    }

    @Test func `reading keeps to its rate`() {
        #expect(ReadingPace.lead(of: 30 << 20, at: 10 << 20, after: .seconds(1)) == .seconds(2))
        #expect(ReadingPace.lead(of: 10 << 20, at: 10 << 20, after: .seconds(1)) == .zero)
        #expect(ReadingPace.lead(of: 0, at: 10 << 20, after: .seconds(1)) == .seconds(-1))
    }
}
