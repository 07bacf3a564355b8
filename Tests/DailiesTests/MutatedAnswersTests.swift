import Foundation
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Damaged recordings by the whole way: imported, claimed by a real worker, looked into, recorded. `Scripts/mutate` sends thousands.
@Suite(.tags(.database, .media, .program), .timeLimit(.minutes(600)))
struct MutatedAnswersTests {
    /// Of one import; so much is on the disk at a time.
    private static let batch = 250

    @Test func `damaged recordings become answers that are reviewable or unusable, and the worker lives through all of them`() async throws
    {
        let variables = ProcessInfo.processInfo.environment
        let count = variables["DAILIES_MUTANTS"].flatMap { Int($0) } ?? 40
        let seed = variables["DAILIES_MUTANTS_SEED"].flatMap { UInt64($0) } ?? 20_261_124
        let corpus = try await MutationCorpus.recordings()
        var done = 0
        while done < count {
            let size = min(Self.batch, count - done)
            let endings = try await Self.run(done..<done + size, seed: seed, corpus: corpus)
            done += size
            if count > Self.batch { print("\(done) of \(count), the last \(size): \(endings)") }
        }
    }

    private static func run(_ numbers: Range<Int>, seed: UInt64, corpus: [[UInt8]]) async throws -> String {
        try await Product.with { product in
            let files = try numbers.map { number in
                var random = SeededGenerator(seed: seed &+ UInt64(number))
                let path = product.data.appending("mutant-\(number).webm")
                let bytes = Mutation.mutant(of: corpus[number % corpus.count], others: corpus, using: &random)
                try Data(bytes).write(to: URL(filePath: path.string))
                return path
            }
            try await product.bringIn(files)
            // Two of the same bytes are one recording, but still an answer each.
            let answers: Int = try await product.value("SELECT count(*) FROM dailies.responses")
            try await product.withWorker(
                slots: 2, variables: ["DAILIES_LIMIT_CPU_SECONDS": "20", "DAILIES_LIMIT_WALL_SECONDS": "120"]
            ) { worker in
                let process: String = try await {
                    try await product.until("SELECT count(*) = 1 FROM dailies.workers")
                    return try await product.value("SELECT id::text FROM dailies.workers")
                }()
                try await product.until("SELECT count(*) = 0 FROM dailies.jobs")
                #expect(try await product.value("SELECT id::text FROM dailies.workers") == process, "one worker for all of them")
                try await until { worker.inspectors.isEmpty }
                #expect(!worker.said.contains("lease"))
            }
            try await product.expectWhole(responses: answers)
            try await expectForeseen(product, first: numbers.lowerBound, seed: seed)
            return try await product.value(
                """
                SELECT string_agg(word || ' ' || count, ', ' ORDER BY count DESC)
                FROM (SELECT coalesce(reason, 'reviewable') AS word, count(*) FROM dailies.answers GROUP BY 1) AS endings
                """)
        }
    }

    /// An inspector may die of a limit, or of FFmpeg's own fault; never of ours.
    private static func expectForeseen(_ product: Product, first: Int, seed: UInt64) async throws {
        let rows = try await product.pool.query(
            "SELECT id FROM dailies.job_history WHERE outcome <> 'completed' ORDER BY id", as: Int64.self)
        for id in rows {
            let evidence = try await product.story(of: id).timeline.compactMap(\.error).joined(separator: "\n")
            let ours = ["SIGILL", "SIGTRAP", "SIGSYS", "a report that cannot be", "exit code"].filter { evidence.contains($0) }
            #expect(ours.isEmpty, "answer \(id) of the mutants from \(first) on, seed \(seed): \(evidence)")
        }
    }
}
