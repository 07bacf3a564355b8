import Foundation
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Hosts whose clocks are wrong. Only the database's decides.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct ClockTests {
    @Test func `workers whose clocks are an hour ahead and an hour behind do everything once and on time`() async throws {
        try await Product.with { product in
            let start: Date = try await product.value("SELECT clock_timestamp()")
            try await product.bringIn(Product.recordings(40))
            // Looked for at growing distances, for a minute, before they are called missing.
            let wait: [Environment.Key: String] = ["DAILIES_FILE_WAIT_MINUTES": "1"]
            for number in 1...4 {
                try await product.pool.execute(
                    "SELECT dailies.submit_response('deep-learning-engineer', \("\(number)"), 'Bo', 'bo@example.org', 'not/there.webm')")
            }
            try await product.withWorker(variables: wait) { right in
                try await product.withWorker(variables: wait, clockOffBy: "+1h") { ahead in
                    try await product.withWorker(variables: wait, clockOffBy: "-1h") { behind in
                        try await product.until("SELECT count(*) = 3 FROM dailies.workers")
                        let living: PostgresQuery = "SELECT string_agg(id::text, ' ' ORDER BY id) FROM dailies.workers"
                        let before: String = try await product.value(living)
                        try await product.until("SELECT count(*) = 0 FROM dailies.jobs")
                        // Two leases more, so that a burial would show.
                        let done: Date = try await product.value("SELECT clock_timestamp()")
                        try await product.until("SELECT clock_timestamp() >= \(done) + interval '10 seconds'")
                        #expect(try await product.value(living) == before)
                        for worker in [right, ahead, behind] {
                            #expect(!worker.said.contains("dead worker") && !worker.said.contains("lease"), "\(worker.said)")
                        }
                        // The clocks were really wrong: each log begins with what its process takes for now.
                        let hours = [right, ahead, behind].map { (Self.firstTime(in: $0.said).timeIntervalSince(start) / 3600).rounded() }
                        #expect(hours == [0, 1, -1])
                    }
                }
            }
            try await product.expectWhole(responses: 44)
            let end: Date = try await product.value("SELECT clock_timestamp()")
            #expect(
                try await product.value("SELECT count(*) FROM dailies.review_records WHERE created_at NOT BETWEEN \(start) AND \(end)") == 0
            )
            #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE ended_at NOT BETWEEN \(start) AND \(end)") == 0)
            #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE attempt = 1") == 40)
            #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE attempt > 5 AND failures = 0") == 4)
            var workers: Set<String> = []
            for id in try await product.pool.query("SELECT id FROM dailies.job_history ORDER BY id", as: Int64.self) {
                let timeline = try await product.story(of: id).timeline
                workers.formUnion(timeline.compactMap(\.worker))
                #expect(timeline.allSatisfy { $0.outcome == "completed" || $0.outcome == "snoozed" })
            }
            #expect(workers.count == 3, "all took part")
        }
    }

    @Test func `a worker whose clock is set back by an hour goes on as if nothing had happened`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(1))
            let setBack = product.data.appending("set-back")
            let library = product.data.appending("clock-set-back.so")
            let source = Product.project.appending("Tests/DailiesTests/clock-set-back.c")
            let compiled = try await Subprocess.run(
                .path("/usr/bin/gcc"), arguments: ["-shared", "-fPIC", "-o", library.string, source.string],
                output: .discarded, error: .string(limit: 1 << 16))
            try #require(compiled.terminationStatus.isSuccess, "\(compiled.standardError)")
            let variables: [Environment.Key: String] = ["LD_PRELOAD": library.string, "CLOCK_SET_BACK": setBack.string]
            try await product.withWorker(variables: variables) { worker in
                try await product.until("SELECT count(*) = 1 FROM dailies.review_records")
                let before: UUID = try await product.value("SELECT id FROM dailies.workers")
                let start: Date = try await product.value("SELECT clock_timestamp()")
                #expect((Self.firstTime(in: worker.said).timeIntervalSince(start) / 3600).rounded() == 1)
                try Data().write(to: URL(filePath: setBack.string))
                // For two leases.
                try await product.until("SELECT clock_timestamp() > \(start) + interval '10 seconds'")
                #expect(try await product.value("SELECT id FROM dailies.workers") == before)
                #expect(try await product.value("SELECT beaten_at > now() - lease FROM dailies.workers"))
                #expect(!worker.said.contains("lease"), "\(worker.said)")
            }
            try await product.expectWhole(responses: 1)
        }
    }

    private static func firstTime(in log: String) -> Date {
        struct Line: Decodable {
            var time: Date
        }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .custom { decoder in
            try Date.ISO8601FormatStyle(includingFractionalSeconds: true).parse(decoder.singleValueContainer().decode(String.self))
        }
        let line = log.split(separator: "\n").first.map(String.init) ?? ""
        return (try? decoder.decode(Line.self, from: Data(line.utf8)))?.time ?? .distantPast
    }
}
