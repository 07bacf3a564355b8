import Foundation
import Glibc
import Logging
import Postgres
import Synchronization

/// Beats for one worker from its own thread, so that neither decoding nor a full cooperative pool can delay the beats.
///
/// The lease is lost when the database says that the worker is dead, or when no beat succeeded for as long as the lease. Then other workers
/// may have taken its jobs. The time is measured on this host's monotonic clock from before the last successful beat was sent. So the lease
/// never ends later here than in the database.
final class LeaseKeeper: Sendable {
    private enum Phase {
        case keeping, stopped, lost
    }

    private let worker: UUID
    private let database: PostgresConfiguration
    private let lease: Duration
    private let beatInterval: Duration
    private let logger: Logger
    private let turns: MaintenanceTurns
    private let listener: ListenerStatus
    private let observe: @Sendable (JobWorkerEvent) -> Void
    private let onLost: @Sendable () -> Void
    private let phase = Mutex(Phase.keeping)

    /// - Parameters:
    ///   - turns: receives every successful beat.
    ///   - listener: is told with every beat whether the database sends notifications.
    ///   - observe: called from the keeper's thread.
    ///   - onLost: called at most once, from the keeper's thread or from `giveUpLease()`.
    init(
        worker: UUID, database: PostgresConfiguration, configuration: JobWorker.Configuration, logger: Logger, turns: MaintenanceTurns,
        listener: ListenerStatus, observe: @escaping @Sendable (JobWorkerEvent) -> Void, onLost: @escaping @Sendable () -> Void
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
        self.listener = listener
        self.observe = observe
        self.onLost = onLost
    }

    /// Whether other workers may have this worker's jobs.
    var isLost: Bool { phase.withLock { $0 == .lost } }

    /// Starts the thread. It ends within one beat after `stop()`, `giveUpLease()` or the lease.
    func start() {
        Thread.detachNewThread { self.keep() }
    }

    /// Stops the beats. The caller removes the worker from the queue.
    func stop() {
        phase.withLock { if $0 == .keeping { $0 = .stopped } }
    }

    /// Gives up a lease that still holds, so that other workers rescue the jobs.
    func giveUpLease() {
        lose()
    }

    private func lose() {
        let isFirst = phase.withLock { phase in
            defer { if phase == .keeping { phase = .lost } }
            return phase == .keeping
        }
        if isFirst { onLost() }
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
                let query = Self.beat(worker, mayMaintain: turns.isFree)
                if remaining > .zero, let row = try connection?.query(query, timeout: remaining).one() {
                    if try row.decode("alive", as: Bool.self) {
                        lastBeat = sentAt
                        observe(.beat(gotThrough: true))
                        turns.beat(isTurn: try row.decode("is_turn", as: Bool.self))
                        note(areSent: try row.decode("sends_notifications", as: Bool.self))
                    } else {
                        logger.error("this worker was declared dead")
                        lose()
                    }
                }
            } catch {
                logger.warning("a beat failed", metadata: ["error": "\(error)"])
                observe(.beat(gotThrough: false))
            }
            if ContinuousClock.now - lastBeat >= lease { lose() }
            // Not a semaphore: its wait ends at a time of day, so a clock that is set back by an hour would make it wait an hour longer.
            poll(nil, 0, Int32(clamping: Int64(beatInterval / .milliseconds(1))))
        }
    }

    private func note(areSent: Bool) {
        guard areSent != listener.areSent else { return }
        listener.areSent = areSent
        if areSent {
            logger.notice("the database sends notifications again")
        } else {
            logger.warning(
                "the server's queue of notifications is more than half full: nothing is notified, this worker polls for jobs",
                metadata: ["remedy": "end the session that listens and stays in a transaction; PostgreSQL's log names it"])
        }
    }

    private static func beat(_ worker: UUID, mayMaintain: Bool) -> PostgresQuery {
        PostgresQuery(
            named: "workers.beat",
            """
            SELECT dailies.beat_worker(\(worker)) AS alive, CASE WHEN \(mayMaintain) THEN dailies.take_maintenance_turn() ELSE false END AS is_turn,
                   dailies.sends_notifications() AS sends_notifications
            """)
    }
}
