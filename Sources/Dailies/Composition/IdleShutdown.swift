import Interviews
import JobQueue
import Logging
import Postgres
import ServiceLifecycle

/// Shows the queue's progress, and shuts the worker down when no job of its kinds is live any more, or only jobs whose file has not arrived.
struct IdleShutdown: Service {
    let pool: PostgresPool
    /// The kinds of jobs that the worker does. Others are left to other workers.
    let kinds: [String]
    let logger: Logger

    /// Counting takes at most this part of the time, so that a bar over a large queue does not slow it down.
    private static let share = 20

    func run() async throws {
        var bar = ProgressBar(label: "reviewing")
        var total = 0
        var nextCount = ContinuousClock.now
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            do {
                let queue = JobQueue(pool: pool)
                let presence = try await queue.presence(of: kinds)
                guard presence.ofLiveJobs else {
                    bar.show(total, of: total)
                    let others = try await queue.liveJobs(ofOtherKindsThan: kinds)
                    if others > 0 {
                        bar.finish()
                        let jobs = others == 1 ? "1 job is left whose kind" : "\(others) jobs are left whose kinds"
                        Terminal.err("\(jobs) this worker does not know. `dailies jobs list --state available` shows what waits.\n")
                    }
                    break
                }
                if !presence.ofRunningJobs, case let waiting = try await Interviews(pool: pool).jobsAwaitingFiles(), waiting > 0,
                    waiting == (try await live(queue))
                {
                    bar.finish()
                    let answers = waiting == 1 ? "1 answer waits for its file" : "\(waiting) answers wait for their files"
                    Terminal.err("\(answers), which the next `dailies up` or a running worker looks for.\n")
                    break
                }
                if !presence.ofRunningJobs, try await queue.pauses().contains(where: { $0.kind == nil }) {
                    let counts = try await queue.counts()
                    bar.finish()
                    Terminal.err("The queue is paused, and \(counts.liveInWords) jobs wait. `dailies queue resume` lets them go on.\n")
                    break
                }
                if ContinuousClock.now >= nextCount {
                    let asked = ContinuousClock.now
                    let live = try await live(queue)
                    total = max(total, live)
                    bar.show(total - live, of: total)
                    nextCount = .now + (ContinuousClock.now - asked) * Self.share
                }
            } catch let error as PostgresError where error.isInfrastructure {
                // The worker reports the problem and goes on when the database is back. So does this service.
                logger.debug("cannot count the jobs", metadata: ["error": "\(error)"])
            }
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(100)) }
        }
        bar.finish()
    }

    private func live(_ queue: JobQueue) async throws -> Int {
        max(0, try await queue.counts().live - queue.liveJobs(ofOtherKindsThan: kinds))
    }
}
