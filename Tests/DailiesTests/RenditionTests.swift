import Foundation
import Postgres
import Recordings
import Storage
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Answers in codecs that browsers do not play, through the real program.
@Suite(.tags(.browser, .database, .program), .timeLimit(.minutes(10)))
struct RenditionTests {
    private static let phone = [
        "-f", "lavfi", "-i", "testsrc2=size=640x360:rate=30:duration=4", "-f", "lavfi", "-i", "sine=frequency=440:duration=4", "-c:v",
        "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-tag:v", "hvc1", "-c:a", "aac",
    ]

    private static func make(_ path: FilePath, _ arguments: [String] = phone) async throws {
        let made = try await Subprocess.run(
            .path("/usr/bin/ffmpeg"), arguments: Arguments(["-v", "error"] + arguments + [path.string]), output: .discarded,
            error: .string(limit: 1 << 16))
        try #require(made.terminationStatus.isSuccess, "\(made.standardError)")
    }

    /// Brings in a phone's recording, and makes its answer reviewable before its rendition, which waits while that kind of job is paused.
    /// - Returns: the recording in storage.
    private static func bringInWithoutRendition(_ product: Product) async throws -> FilePath {
        let recording = product.data.appending("phone.mp4")
        try await make(recording)
        try await product.bringIn([recording])
        #expect(try await product.run("queue", "pause", "--kind", "render_response").code == 0)
        try await product.withWorker(slots: 1) { _ in
            try await product.until("SELECT count(*) = 1 FROM dailies.answers WHERE status = 'reviewable'")
        }
        return product.storage.appending(try await product.value("SELECT recording_key FROM dailies.responses", as: String.self))
    }

    @Test func `nothing is made of a recording that was damaged since, and its rendition comes once it was restored`() async throws {
        try await Product.with { product in
            let stored = URL(filePath: try await Self.bringInWithoutRendition(product).string)
            let good = try Data(contentsOf: stored)
            var damaged = good
            damaged[damaged.count / 2] ^= 1
            try damaged.write(to: stored)
            #expect(try await product.run("queue", "resume", "--kind", "render_response").code == 0)
            try await product.withWorker(slots: 1) { worker in
                try await until { worker.said.contains("is damaged: its bytes are not the ones that were sent.") }
                try await product.until("SELECT count(*) = 1 FROM dailies.jobs WHERE state = 'scheduled'")
                #expect(try await product.value("SELECT status FROM dailies.renditions") == "waiting")
                try good.write(to: stored)
                try await product.pool.execute("UPDATE dailies.jobs SET due_at = now()")
                try await product.until("SELECT count(*) = 1 FROM dailies.renditions WHERE status = 'made'")
            }
        }
    }

    @Test func `a phone's HEVC is reviewable first, and plays everywhere soon after`() async throws {
        try await Product.with { product in
            let recording = product.data.appending("phone.mp4")
            try await Self.make(recording)
            try await product.bringIn([recording, Fixtures.recording("chrome-vp8-opus.webm")])
            // What is to be seen between the two jobs.
            #expect(try await product.run("queue", "pause", "--kind", "render_response").code == 0)
            try await product.withWorker(slots: 1) { _ in
                try await product.until("SELECT count(*) = 2 FROM dailies.answers WHERE status = 'reviewable'")
            }
            #expect(try await product.value("SELECT kind FROM dailies.jobs WHERE priority > 10") == "render_response")
            let before = try await product.run("answers")
            #expect(before.output.contains("The copy that browsers play is being made."), "\(before.output)")
            #expect(try await product.run("queue", "resume", "--kind", "render_response").code == 0)

            let up = try await product.run("up", "--once")
            #expect(up.code == 0, "\(up.error)")
            try await product.expectWhole(responses: 2)
            #expect(
                try await product.value(
                    "SELECT string_agg(topic, ' ' ORDER BY id) FROM dailies.outbox WHERE payload ->> 'response_id' = '1'")
                    == "response.reviewable response.playable")
            #expect(try await product.value("SELECT string_agg(status, ' ') FROM dailies.renditions") == "made")
            #expect(!(try await product.run("answers").output.contains("browsers play")))

            let storage = product.data.appending("storage")
            let key: String = try await product.value("SELECT key FROM dailies.artifacts WHERE kind = 'rendition'")
            let file = storage.appending(key)
            let screened = try #require(try await ScreenedFile.all([file])[file])
            let facts = try #require(screened.facts, "\(screened.failure ?? "")")
            #expect(abs((facts.duration ?? 0) - 4) <= 0.05, "\(facts)")
            #expect(facts.width == 640 && facts.height == 360)
            #expect(abs((facts.soughtTo ?? 0) - 2) <= 0.05 && abs((facts.frameTime ?? 0) - 2) <= 0.05, "\(facts)")
            #expect((facts.playedTo ?? 0) >= 2.25 && facts.paintedRatio == 1, "\(facts)")
        }
    }

    @Test func `a rendition that cannot be made leaves the answer as it is, and may be tried again`() async throws {
        try await Product.with { product in
            // Its bytes are lost between the two jobs.
            let stored = try await Self.bringInWithoutRendition(product).string
            try FileManager.default.moveItem(atPath: stored, toPath: stored + ".away")
            #expect(try await product.run("queue", "resume", "--kind", "render_response").code == 0)
            #expect(try await product.run("up", "--once").code == 0)
            #expect(try await product.value("SELECT count(*) FROM dailies.answers WHERE status = 'reviewable'") == 1)
            #expect(try await product.value("SELECT status FROM dailies.renditions") == "impossible")
            #expect(try await product.run("answers").output.contains("Browsers cannot play it."))

            try FileManager.default.moveItem(atPath: stored + ".away", toPath: stored)
            #expect(try await product.run("jobs", "retry", "--all").code == 0)
            #expect(try await product.value("SELECT status FROM dailies.renditions") == "waiting")
            #expect(try await product.run("up", "--once").code == 0)
            #expect(try await product.value("SELECT status FROM dailies.renditions") == "made")
            #expect(try await product.value("SELECT count(*) FROM dailies.artifacts WHERE kind = 'rendition'") == 1)
        }
    }
}
