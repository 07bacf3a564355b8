import Interviews
import Logging
import Postgres
import ServiceLifecycle

/// Chores that some worker has to do now and then: jobs for answers that have none, and old news out of the outbox. Every worker begins them; the
/// database lets one do them.
struct Housekeeping: Service {
    let interviews: Interviews
    /// For how long news stays in the outbox.
    let outboxRetention: Duration
    let logger: Logger

    private static let interval = Duration.seconds(60)
    /// So many batches of the outbox are deleted at once. The rest goes next time.
    private static let mostBatches = 10

    func run() async throws {
        var isFailing = false
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            do {
                try await keepHouse()
                isFailing = false
            } catch {
                // Said once; the worker itself says when the database is away.
                let level = isFailing || (error as? PostgresError)?.isInfrastructure == true ? Logger.Level.debug : .warning
                logger.log(level: level, "cannot look for answers without a job; trying again", metadata: ["error": "\(error)"])
                isFailing = true
            }
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval * Double.random(in: 0.9...1.1)) }
        }
    }

    private func keepHouse() async throws {
        let given = try await interviews.lookAfterAnswers()
        if !given.isEmpty {
            let first = given.prefix(5).map(String.init).joined(separator: ", ")
            logger.warning(
                "inserted jobs for answers that had none; something inserts answers with triggers off",
                metadata: ["jobs": "\(given.count)", "first_responses": "\(first)"])
        }
        for _ in 0..<Self.mostBatches {
            guard try await interviews.pruneOutbox(olderThan: outboxRetention) else { break }
        }
    }
}
