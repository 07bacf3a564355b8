import Interviews
import JobQueue
import Logging
import Postgres
import ServiceLifecycle

/// Shows the queue's progress, and shuts the worker down when no job is live any more, or only jobs whose file has not arrived.
struct IdleShutdown: Service {
    let pool: PostgresPool
    let logger: Logger

    func run() async throws {
        var bar = ProgressBar(label: "reviewing")
        var total: Int?
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            do {
                let queue = JobQueue(pool: pool)
                let counts = try await queue.counts()
                let live = counts.live
                let most = max(total ?? live, live)
                total = most
                bar.show(most - live, of: most)
                if live == 0 { break }
                if counts.running == 0, try await Interviews(pool: pool).jobsAwaitingFiles() == live {
                    bar.finish()
                    let answers = live == 1 ? "1 answer waits for its file" : "\(live) answers wait for their files"
                    Terminal.err("\(answers), which the next `dailies up` or a running worker looks for.\n")
                    break
                }
                if counts.running == 0, try await queue.pauses().contains(where: { $0.kind == nil }) {
                    bar.finish()
                    Terminal.err("The queue is paused, and \(live) jobs wait. `dailies queue resume` lets them go on.\n")
                    break
                }
            } catch let error as PostgresError where error.isInfrastructure {
                // The worker reports the problem and goes on when the database is back. So does this service.
                logger.debug("cannot count the jobs", metadata: ["error": "\(error)"])
            }
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: .milliseconds(100)) }
        }
        bar.finish()
    }
}
