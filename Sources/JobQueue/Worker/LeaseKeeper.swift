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
    private let turns: HouseTurns
    private let observe: @Sendable (JobWorkerEvent) -> Void
    private let onLost: @Sendable () -> Void
    private let phase = Mutex(Phase.keeping)

    /// - Parameters:
    ///   - turns: learns of every beat that got through.
    ///   - observe: called from the keeper's thread.
    ///   - onLost: called once at most, from the keeper's thread or from `forfeit()`.
    init(
        worker: UUID, database: PostgresConfiguration, configuration: JobWorker.Configuration, logger: Logger, turns: HouseTurns,
        observe: @escaping @Sendable (JobWorkerEvent) -> Void, onLost: @escaping @Sendable () -> Void
    ) {
        self.worker = worker
        var database = database
        // A server that does not answer must not hold the thread beyond the lease.
        database.connectTimeout = configuration.beatInterval * 2
        self.database = database
        self.lease = configuration.lease
        self.beatInterval = configuration.beatInterval
        self.logger = logger
        self.turns = turns
        self.observe = observe
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
                let query = Self.beat(worker, mayKeepHouse: turns.isFree)
                if remaining > .zero, let row = try connection?.query(query, timeout: remaining).one() {
                    if try row.decode("alive", as: Bool.self) {
                        lastBeat = sentAt
                        observe(.beat(gotThrough: true))
                        turns.beat(isTurn: try row.decode("keeps_house", as: Bool.self))
                    } else {
                        logger.error("this worker was declared dead")
                        lose()
                    }
                }
            } catch {
                logger.warning("a beat did not get through", metadata: ["error": "\(error)"])
                observe(.beat(gotThrough: false))
            }
            if ContinuousClock.now - lastBeat >= lease { lose() }
            // Not a semaphore's wait: that ends at a time of day, so a clock that is set back by an hour would hold it for an hour.
            poll(nil, 0, Int32(clamping: Int64(beatInterval / .milliseconds(1))))
        }
    }

    private static func beat(_ worker: UUID, mayKeepHouse: Bool) -> PostgresQuery {
        PostgresQuery(
            named: "workers.beat",
            """
            SELECT dailies.beat_worker(\(worker)) AS alive, CASE WHEN \(mayKeepHouse) THEN dailies.take_maintenance_turn() ELSE false END AS keeps_house
            """)
    }
}
