import Foundation
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// A recording that ends its inspector every time it is looked into.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct PoisonTests {
    @Test func `a recording that kills inspectors is discarded with its evidence, and other jobs finish`() async throws {
        try await Product.with { product in
            let poison = product.data.appending("poison.webm")
            try await Self.makeLong(poison)
            let neighbours = Product.recordings(8)
            try await product.bringIn(Array(neighbours.prefix(4)) + [poison] + Array(neighbours.suffix(4)))
            try await product.withWorker(slots: 2, variables: ["DAILIES_LIMIT_CPU_SECONDS": "4"]) { worker in
                try await product.until("SELECT count(*) = 9 FROM dailies.review_records")
                #expect(worker.said.contains("the inspector died"))
                #expect(!worker.said.contains("lease"))
            }
            try await product.expectWhole(responses: 9)
            #expect(
                try await product.value(
                    "SELECT count(*) FROM dailies.job_history WHERE outcome = 'completed' AND attempt = 1 AND crashes = 0")
                    == 8)

            let job: Int64 = try await product.value("SELECT id FROM dailies.job_history WHERE outcome = 'discarded'")
            let story = try await product.story(of: job)
            #expect(story.job.status == "discarded")
            #expect(story.timeline.map(\.outcome) == ["crashed", "discarded"], "once more, and then no more")
            #expect(story.timeline.map(\.attempt) == [1, 2])
            for event in story.timeline {
                #expect(event.worker != nil && event.from != nil && event.to != nil)
                let lines = event.error?.split(separator: "\n") ?? []
                let first = try #require(lines.first)
                #expect(first.contains("used more processor time than it may"), "the limit that was hit")
                #expect(first.contains("limit 4 s") && first.contains("SIGXCPU"), "how high it is, and the signal")
                #expect(lines.dropFirst().contains { $0.contains("matroska") }, "the inspector's last words: \(lines)")
            }
            // What people read says nothing of processors.
            #expect(
                try await product.value(
                    "SELECT count(*) FROM dailies.answers WHERE status = 'unusable' AND reason = 'cpu_time'") == 1)
            let listed = try await product.run("jobs", "list", "--state", "discarded")
            #expect(listed.output.contains("used more processor time than it may"), "\(listed.output)\(listed.error)")
        }
    }

    @Test func `a payload that cannot be read is discarded at the first attempt`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(1))
            try await product.pool.execute(
                """
                INSERT INTO dailies.jobs (kind, payload)
                SELECT kind, '{"response_id": 1, "again": "yes"}' FROM unnest('{inspect_response, render_response}'::text[]) AS kind
                """)
            try await product.withWorker { _ in
                try await product.until(
                    """
                    SELECT count(*) = 2 FROM dailies.job_history
                    WHERE outcome = 'discarded' AND attempt = 1 AND error LIKE 'the payload cannot be read%'
                    """)
            }
        }
    }

    /// A sound recording, but hours of it, with bytes in it that belong nowhere.
    private static func makeLong(_ path: FilePath) async throws {
        let source = Fixtures.recording("chrome-vp9-720p.webm")
        let made = try await Subprocess.run(
            .path("/usr/bin/ffmpeg"),
            arguments: ["-v", "error", "-stream_loop", "400", "-i", source.string, "-c", "copy", "-f", "webm", path.string],
            output: .discarded, error: .string(limit: 1 << 16))
        try #require(made.terminationStatus.isSuccess, "\(made.standardError)")
        let file = try FileDescriptor.open(path, .readWrite)
        defer { try? file.close() }
        for place in 1...8 { try file.writeAll(toAbsoluteOffset: Int64(place) * 400_000, [UInt8](repeating: 0, count: 3000)) }
    }
}
