import Foundation
import LocalPostgres
import Postgres
import Subprocess
import Synchronization
import SystemPackage
import TestSupport
import Testing

/// Two real workers on a private, durable PostgreSQL, and chaos steps that hit all of them while they work.
///
/// Steps wait for work to get done in between, not for time, so their number bounds a run. Workers that end, by a step or by
/// themselves, are replaced at once.
struct Chaos {
    static let workerCount = 2
    /// Which sequence of steps: taken from the environment, or new each time. A failure names it.
    static let seed = variable("DAILIES_CHAOS_SEED").flatMap { UInt64($0) } ?? .random(in: 1...999_999)
    /// How long to go on; one round when nothing is said.
    static let seconds = variable("DAILIES_CHAOS_SECONDS").flatMap { Int($0) } ?? 0

    let product: Product
    private let workers = RunningWorkers()
    private let folder: FilePath

    /// Lends a product under chaos, and takes it away with everything that it runs.
    static func with(_ body: @escaping @Sendable (Chaos) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let configuration = LocalPostgres.Configuration(folder: folder.appending("postgres"))
            try await LocalPostgres.withServer(configuration) { conninfo in
                let pool = PostgresPool(PostgresConfiguration(conninfo), limit: 3)
                let product = Product(data: folder, pool: pool, flags: ["--data", folder.string])
                let chaos = Chaos(product: product, folder: folder)
                try await chaos.whileWorking { try await body(chaos) }
                await pool.close()
            }
        }
    }

    private static func variable(_ name: String) -> String? { ProcessInfo.processInfo.environment[name] }

    private init(product: Product, folder: FilePath) {
        self.product = product
        self.folder = folder
    }

    /// Brings recordings in, and lets the steps happen while they are inspected. Returns when the queue is empty.
    /// - Parameter before: how many were there before.
    func round(_ recordings: [FilePath], before: Int, steps: [ChaosStep]) async throws {
        try await product.bringIn(recordings, from: before / 20 + 1)
        let all = before + recordings.count
        // Spread over the work, so that there is always something to hit.
        let share = max(1, recordings.count / (steps.count + 1))
        var done = before
        for step in steps {
            done = min(done + share, all - 1)
            let mark = done
            try await product.patiently { try await product.until("SELECT count(*) >= \(mark) FROM dailies.review_records") }
            try await perform(step)
        }
        workers.wakeAll()
        try await product.patiently { try await product.until("SELECT count(*) = 0 FROM dailies.jobs") }
    }

    /// Nothing was lost, and nothing done twice.
    func expectWhole(responses: Int) async throws {
        try await product.expectWhole(responses: responses)
        #expect(try await product.value("SELECT count(DISTINCT id) FROM dailies.job_history") == responses)
        // An inspector that was killed twice at the same recording is that recording's end; no other ending is a bad one.
        #expect(
            try await product.value(
                """
                SELECT count(*) FROM dailies.review_records r
                JOIN dailies.job_history h ON (h.payload ->> 'response_id')::bigint = r.response_id
                WHERE h.failures > 0 OR (r.outcome = 'usable') <> (h.outcome = 'completed')
                   OR (r.outcome = 'unusable' AND (h.crashes < 1 OR r.reason <> 'inspector_died'))
                """) == 0)
    }

    private func perform(_ step: ChaosStep) async throws {
        let paused = workers.paused
        switch step {
        case .killWorker(let worker): workers.signal(worker, SIGKILL)
        case .killInspector(let worker):
            // There may be none at this moment; what is there between two jobs is the fork server.
            guard let process = workers.process(worker) else { break }
            for inspector in ProcessTree.children(of: process).flatMap(ProcessTree.children).prefix(1) { kill(inspector, SIGKILL) }
        case .killForkServer(let worker):
            guard let process = workers.process(worker) else { break }
            for server in ProcessTree.children(of: process) { kill(server, SIGKILL) }
        case .pauseWorker(let worker, let untilRescued):
            // Never all of them, or nothing would get done any more.
            guard paused.isEmpty, let process = workers.pause(worker) else { break }
            guard untilRescued else { return }
            let name = "%:\(process)"
            try await product.patiently {
                try await product.until("SELECT NOT EXISTS (SELECT FROM dailies.workers WHERE name LIKE \(name))")
            }
            workers.wake(worker)
        case .cutSessions(let seed):
            var coin = SeededGenerator(seed: seed)
            try await product.patiently {
                let sessions = try await product.pool.query(
                    "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() ORDER BY pid",
                    as: Int32.self)
                for session in sessions where Bool.random(using: &coin) {
                    try await product.pool.execute("SELECT pg_terminate_backend(\(session)::integer)")
                }
            }
        case .killPostgres:
            if let postmaster = ProcessTree.postmaster(of: folder) { kill(postmaster, SIGKILL) }
        }
        if let worker = paused.first { workers.wake(worker) }
    }

    /// Runs the workers beside `body`, each replaced whenever it ends.
    private func whileWorking(_ body: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for index in 0..<Self.workerCount {
                group.addTask {
                    while !workers.isClosed {
                        try await product.running("work", "--slots", "2") { process in workers.enter(process, as: index) }
                        workers.leave(index)
                    }
                }
            }
            do {
                try await body()
            } catch {
                workers.close(SIGKILL)
                throw error
            }
            workers.close(SIGTERM)
            try await group.waitForAll()
        }
    }
}
