import Foundation
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// What deploys do to the work: nothing. Workers of the real program are told to stop at random instants, again and again.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct DeployTests {
    private static let answers = 44

    private func recordings() -> [FilePath] {
        let names = ["chrome-vp8-opus.webm", "audio-only.webm", "fault-mic-muted.webm", "chrome-h264-opus.mp4"]
        return (0..<Self.answers).map { Fixtures.recording(names[$0 % names.count]) }
    }

    @Test(arguments: [20_261_124, 7])
    func `workers stopped at random instants lose nothing, and release their jobs without using up attempts`(seed: UInt64) async throws {
        try await Product.with { product in
            try await product.bringIn(recordings())
            var random = SeededGenerator(seed: seed)
            var done = 0
            while done < Self.answers {
                let mark = min(Self.answers, done + Int.random(in: 1...6, using: &random))
                let deploys = (1...Int.random(in: 1...2, using: &random)).map { _ in Deploy(using: &random) }
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for deploy in deploys { group.addTask { try await deploy.run(on: product, mark: mark) } }
                    try await group.waitForAll()
                }
                // All have been stopped: no job has a worker.
                #expect(try await product.value("SELECT count(*) FROM dailies.jobs WHERE state <> 'available'") == 0)
                #expect(try await product.value("SELECT count(*) FROM dailies.workers") == 0)
                done = try await product.value("SELECT count(*) FROM dailies.review_records")
            }
            try await product.expectWhole(responses: Self.answers)
            #expect(try await product.value("SELECT count(*) FROM dailies.review_records WHERE outcome = 'usable'") == Self.answers)
            #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE failures > 0 OR crashes > 0") == 0)
            try await expectOnlyReleases(product)
        }
    }

    @Test func `a service manager that signals every process to stop kills no inspector`() async throws {
        try await Product.with { product in
            try await product.bringIn(recordings())
            let status = try await product.running("work", "--slots", "3", "--grace-seconds", "60") { worker in
                try await product.until("SELECT count(*) >= 3 FROM dailies.review_records")
                var inspectors: [pid_t] = []
                try await until {
                    inspectors = ProcessTree.inspectors(of: worker)
                    return !inspectors.isEmpty
                }
                for process in inspectors + ProcessTree.children(of: worker) + [worker] { kill(process, SIGTERM) }
            }
            #expect(status == .exited(0))
            #expect(try await product.value("SELECT count(*) FROM dailies.jobs WHERE attempt > 0") == 0, "what ran was finished")
            #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE attempt <> 1 OR crashes > 0") == 0)
        }
    }

    @Test func `a worker that comes before its migrations waits for them, and says so once`() async throws {
        try await Product.with(migrated: false) { product in
            let log = product.data.appending("worker.log")
            func said() throws -> Int {
                try String(contentsOfFile: log.string, encoding: .utf8).split(separator: "\n").count {
                    $0.contains("waiting for the schema")
                }
            }
            let status = try await product.running(["work"], log: log) { worker in
                try await until { try said() > 0 }
                let migrated = try await product.run("migrate")
                #expect(migrated.code == 0, "\(migrated.error)")
                try await product.bringIn([Fixtures.recording("audio-only.webm")])
                try await product.until("SELECT count(*) = 1 FROM dailies.review_records")
                kill(worker, SIGTERM)
            }
            #expect(status == .exited(0))
            #expect(try said() == 1)
        }
    }

    /// Of every job that was not done at its first attempt, each attempt but the last was released by a worker that stopped.
    private func expectOnlyReleases(_ product: Product) async throws {
        let jobs = try await product.pool.query("SELECT id, attempt FROM dailies.job_history WHERE attempt > 1 ORDER BY id")
            .decode((Int64.self, Int.self))
        #expect(!jobs.isEmpty, "no worker was stopped in mid-job: this has shown nothing")
        for (id, attempt) in jobs {
            let story = try JSONDecoder().decode(
                Story.self, from: Data(try await product.run("jobs", "show", "\(id)", "--json").output.utf8))
            let outcomes = story.timeline.map(\.outcome)
            #expect(outcomes == Array(repeating: "released", count: attempt - 1) + ["completed"], "job \(id)")
        }
    }

    private struct Story: Decodable {
        struct Event: Decodable {
            var outcome: String
        }
        var timeline: [Event]
    }
}

/// One worker's life: how it is started, and when it is told to stop.
private struct Deploy {
    private let slots: Int
    private let graceSeconds: Int
    private let yields: Int
    /// As systemd does by default: every process of the service is told, the inspectors too.
    private let tellsAll: Bool

    init(using random: inout SeededGenerator) {
        slots = Int.random(in: 1...3, using: &random)
        graceSeconds = [0, 0, 1, 30].randomElement(using: &random) ?? 0
        yields = Int.random(in: 0...5000, using: &random)
        tellsAll = Bool.random(using: &random)
    }

    /// - Parameter mark: how many answers are to be reviewed before the instant can come.
    func run(on product: Product, mark: Int) async throws {
        let status = try await product.running("work", "--slots", "\(slots)", "--grace-seconds", "\(graceSeconds)") { worker in
            // The worker's name ends with its process id: it has taken up work, or there is none left.
            try await product.until(
                """
                SELECT (SELECT count(*) FROM dailies.review_records) >= \(mark)
                   AND (EXISTS (SELECT FROM dailies.workers WHERE name LIKE \("%:\(worker)")) OR NOT EXISTS (SELECT FROM dailies.jobs))
                """)
            for _ in 0..<yields { await Task.yield() }
            let family = tellsAll ? ProcessTree.inspectors(of: worker) + ProcessTree.children(of: worker) : []
            for process in family + [worker] { kill(process, SIGTERM) }
        }
        #expect(status == .exited(0))
    }
}
