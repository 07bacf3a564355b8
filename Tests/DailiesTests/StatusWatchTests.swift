import Foundation
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import Dailies
@testable import JobQueue

/// `dailies status --watch`, on a real terminal and in a pipe.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct StatusWatchTests {
    private struct Seen: Decodable {
        var screen: [String]
        var code: Int?
        var scrolled: Int?
        var cursor: Bool?
        var frames: Int?
    }

    @Test func `on a terminal the view is drawn in place, follows the work, and ends on Ctrl-C with the cursor back`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(3))
            let conninfo = DatabaseAccount.monitor.reaching(product.pool.configuration.connection.connectionString)
            let command = [try Product.program.string, "status", "--watch", "--data", product.data.string, "--database", conninfo]
            let words = [
                "jobs     3 waiting, the oldest for", "none: nothing becomes reviewable", "jobs     0 waiting", "3 completed, 0 discarded",
            ]
            let script = Product.project.appending("Tests/DailiesTests/terminal.py").string
            let result = try await Subprocess.run(
                .path("/usr/bin/python3"), arguments: Arguments([script, "72", "20"] + words + ["--"] + command),
                environment: Product.environment, input: .none, output: .sequence, error: .string(limit: 1 << 16)
            ) { execution in
                var seen: [Seen] = []
                for try await line in execution.standardOutput.strings() {
                    seen.append(try JSONDecoder().decode(Seen.self, from: Data(line.utf8)))
                    guard seen.count == 2 else { continue }
                    try await product.withWorker { _ in try await product.until("SELECT count(*) = 3 FROM dailies.review_records") }
                }
                return seen
            }
            #expect(result.terminationStatus.isSuccess, "\(result.standardError)")
            let seen = result.closureResult
            try #require(seen.count == words.count + 1, "\(result.standardError)")
            for screen in seen.map(\.screen) {
                #expect(screen.count { $0.contains("Ctrl-C ends this") } == 1, "drawn in place: \(screen)")
            }
            let last = seen[words.count]
            #expect(last.code == 0 && last.cursor == true && last.scrolled == 0)
            #expect((last.frames ?? 0) >= 2)
            #expect(last.screen.contains { $0.contains("3 completed, 0 discarded in the last minute") }, "the last view stays")
        }
    }

    @Test func `in a pipe it is a line a second, as text or as JSON`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(2))
            for json in [false, true] {
                let result = try await Subprocess.run(
                    .path(Product.program), arguments: Arguments(product.arguments(["status", "--watch"] + (json ? ["--json"] : []))),
                    environment: Product.environment, input: .none, output: .sequence, error: .string(limit: 1 << 16)
                ) { execution in
                    var lines: [String] = []
                    for try await line in execution.standardOutput.strings() {
                        lines.append(line)
                        if lines.count == 2 { kill(execution.processIdentifier.value, SIGINT) }
                    }
                    return lines
                }
                #expect(result.terminationStatus == .exited(0), "\(result.standardError)")
                let lines = result.closureResult
                #expect(lines.count >= 2)
                #expect(lines.allSatisfy { $0.contains(json ? #""waiting":2"# : " waiting=2 ") && !$0.contains("\u{1B}") }, "\(lines)")
            }
        }
    }

    private static func activity(workers: Int, waiting: Int) -> QueueActivity {
        QueueActivity(
            gauges: QueueGauges(
                jobs: ["available": waiting, "running": 2, "scheduled": 0], oldestWaiting: [0: 75], workers: workers, slots: 0),
            workers: (0..<workers).map { LiveWorker(name: "host-\($0):1", version: "1", slots: 4, busy: 1, seconds: 90) },
            completedInMinute: 3, discardedInMinute: 0, pauses: [])
    }

    @Test func `a view never takes more lines or columns than the terminal has, however many workers there are`() {
        for size in [(columns: 80, rows: 24), (columns: 40, rows: 10), (columns: 10, rows: 3)] {
            for workers in [0, 1, 14, 15, 16, 1000] {
                let lines = StatusWatch.lines(Self.activity(workers: workers, waiting: 9), QueueTrend(), clock: "12:00:00", size: size)
                #expect(lines.count < size.rows && lines.allSatisfy { $0.count < size.columns })
            }
        }
        let many = StatusWatch.lines(Self.activity(workers: 1000, waiting: 9), QueueTrend(), clock: "12:00:00", size: (80, 24))
        #expect(many.last?.contains("and 986 more") == true, "\(many)")
    }

    @Test func `the trend waits for ten seconds, forgets what is older than a minute, and tells when nothing will wait`() {
        var trend = QueueTrend()
        trend.see(waiting: 1000, at: .seconds(0))
        trend.see(waiting: 100, at: .seconds(9))
        #expect(trend.perMinute == nil)
        trend.see(waiting: 60, at: .seconds(65))
        #expect(trend.perMinute.map { Int($0.rounded()) } == -43, "from the second on")
        #expect(trend.untilEmpty.map { Int($0 / .seconds(1)) } == 84)
        trend.see(waiting: 200, at: .seconds(75))
        #expect((trend.perMinute ?? 0) > 0 && trend.untilEmpty == nil)
    }
}
