import Foundation
import Glibc
import Logging
import Postgres
import Synchronization

/// Beats for one worker from a thread of its own, which neither decoding nor a crowded cooperative pool can starve.
///
/// The lease is lost when the database says that the worker is gone, or when no beat got through for as long as the lease:
/// then the others may have taken its jobs, whatever this process believes. Time is measured as a distance on this host's
/// monotonic clock, from before the last good beat was sent, so it never ends later than the database's own count.
final class LeaseKeeper: Sendable {
    private enum Phase {
        case keeping, stopped, lost
    }

    private let worker: UUID
    private let database: PostgresConfiguration
    private let lease: Duration
    private let beatInterval: Duration
    private let logger: Logger
    private let onLost: @Sendable () -> Void
    private let phase = Mutex(Phase.keeping)

    /// - Parameter onLost: called once at most, from the keeper's thread or from `forfeit()`.
    init(
        worker: UUID, database: PostgresConfiguration, configuration: JobWorker.Configuration, logger: Logger,
        onLost: @escaping @Sendable () -> Void
    ) {
        self.worker = worker
        var database = database
        // A server that does not answer must not hold the thread beyond the lease.
        database.connectTimeout = configuration.beatInterval * 2
        self.database = database
        self.lease = configuration.lease
        self.beatInterval = configuration.beatInterval
        self.logger = logger
        self.onLost = onLost
    }

    /// Whether others may have this worker's jobs.
    var isLost: Bool { phase.withLock { $0 == .lost } }

    /// Starts the thread. It ends within a beat after `stop()`, `forfeit()` or the lease.
    func start() {
        Thread.detachNewThread { self.keep() }
    }

    /// Ends the beating; the lease is given back by whoever stops it.
    func stop() {
        phase.withLock { if $0 == .keeping { $0 = .stopped } }
    }

    /// Gives the lease up although it holds, so that others rescue the jobs.
    func forfeit() {
        lose()
    }

    private func lose() {
        let isNews = phase.withLock { phase in
            defer { if phase == .keeping { phase = .lost } }
            return phase == .keeping
        }
        if isNews { onLost() }
    }

    private func keep() {
        var connection: BlockingConnection?
        // The registration was the first beat.
        var lastBeat = ContinuousClock.now
        while phase.withLock({ $0 == .keeping }) {
            let sentAt = ContinuousClock.now
            do {
                if connection?.isBroken ?? true { connection = try BlockingConnection(database) }
                let remaining = lease - (ContinuousClock.now - lastBeat)
                if remaining > .zero, let rows = try connection?.query(Self.beat(worker), timeout: remaining) {
                    if try rows.one().decode("alive", as: Bool.self) {
                        lastBeat = sentAt
                    } else {
                        logger.error("this worker was declared dead")
                        lose()
                    }
                }
            } catch {
                logger.warning("a beat did not get through", metadata: ["error": "\(error)"])
            }
            if ContinuousClock.now - lastBeat >= lease { lose() }
            // Not a semaphore's wait: that ends at a time of day, so a clock that is set back by an hour would hold it for an hour.
            poll(nil, 0, Int32(clamping: Int64(beatInterval / .milliseconds(1))))
        }
    }

    private static func beat(_ worker: UUID) -> PostgresQuery {
        PostgresQuery(named: "workers.beat", "SELECT dailies.beat_worker(\(worker)) AS alive")
    }
}
