public import Logging
public import Postgres
public import ServiceLifecycle

/// Claims jobs and runs their handlers until it is told to stop.
///
/// A worker lives in tenures. Each registers anew, beats from a thread of its own, claims whenever a slot is free and
/// something may be waiting, and ends when the process shuts down or the lease is lost. On graceful shutdown running jobs get
/// the grace time; then their handlers are cancelled and the jobs go back with the attempt refunded. Cancelling `run()` does the
/// same without grace. While the database is away nothing is claimed, and everything goes on by itself when it is back.
public struct JobWorker: Service {
    public struct Configuration: Sendable {
        /// For people: shown in timelines and lists.
        public var name: String
        public var version: String
        /// Jobs that run at the same time.
        public var slots: WorkerSlots
        /// The design's: short enough that nobody waits for a dead worker, long enough that no busy one is taken for dead.
        public static let standardLease = Duration.seconds(5)

        /// Without a beat for this long, others take this worker's jobs.
        public var lease: Duration
        /// Between beats: a fifth of the lease, so that four may fail.
        public var beatInterval: Duration
        /// Between looks for jobs when no notification comes.
        public var pollInterval: Duration
        /// For running jobs at shutdown.
        public var graceTime: Duration
        public var retryPolicy: RetryPolicy
        /// How long ended jobs are kept. Their results are not part of that: they stay.
        public var historyRetention: Duration

        public init(
            name: String, version: String, slots: WorkerSlots, lease: Duration = standardLease, beatInterval: Duration = .seconds(1),
            pollInterval: Duration = .seconds(1), graceTime: Duration = .seconds(30), retryPolicy: RetryPolicy = RetryPolicy(),
            historyRetention: Duration = .seconds(90 * 86_400)
        ) {
            self.name = name
            self.version = version
            self.slots = slots
            self.lease = lease
            self.beatInterval = beatInterval
            self.pollInterval = pollInterval
            self.graceTime = graceTime
            self.retryPolicy = retryPolicy
            self.historyRetention = historyRetention
        }
    }

    let queue: JobQueue
    let database: PostgresConfiguration
    let listening: PostgresConfiguration
    let handlers: [String: any JobHandler]
    let configuration: Configuration
    let onLeaseLost: @Sendable () -> Void
    let obstacle: @Sendable () async -> String?
    let observe: @Sendable (JobWorkerEvent) -> Void
    let logger: Logger

    /// - Parameters:
    ///   - pool: for claims, results and housekeeping: four connections and what the handlers need.
    ///   - database: for the two connections outside of the pool, the lease's and the listener's.
    ///   - listening: for the listener, where `database` is a pooler that gives no session of one's own; otherwise `nil`. Without any
    ///     that can listen, the worker polls.
    ///   - onLeaseLost: called from the lease's own thread, the moment others may have this worker's jobs. Must not block; it
    ///     is where inspectors are killed.
    ///   - obstacle: asked about once a second: what is missing that every job needs, in words for people, or `nil`. While there is
    ///     something, nothing is claimed, and what runs goes on.
    ///   - observe: told of what happens, from any thread. Must not block.
    public init(
        pool: PostgresPool, database: PostgresConfiguration, listening: PostgresConfiguration? = nil, handlers: [any JobHandler],
        configuration: Configuration,
        onLeaseLost: @escaping @Sendable () -> Void, obstacle: @escaping @Sendable () async -> String? = { nil },
        observe: @escaping @Sendable (JobWorkerEvent) -> Void = { _ in }, logger: Logger
    ) {
        self.queue = JobQueue(pool: pool)
        self.database = database
        self.listening = listening ?? database
        self.handlers = Dictionary(uniqueKeysWithValues: handlers.map { ($0.kind, $0) })
        self.configuration = configuration
        self.onLeaseLost = onLeaseLost
        self.obstacle = obstacle
        self.observe = observe
        var logger = logger
        logger[metadataKey: "worker"] = "\(configuration.name)"
        self.logger = logger
    }

    public func run() async throws {
        var failuresInARow = 0
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                let slots = configuration.slots.count
                let id = try await queue.register(
                    name: configuration.name, version: configuration.version, slots: slots, lease: configuration.lease)
                failuresInARow = 0
                logger.info("working", metadata: ["slots": "\(slots)"])
                await serve(as: id, slots: slots)
                // Workers that a slow database has lost together shall not come back in one instant.
                await pause(.seconds(Double.random(in: 0...1)))
            } catch let error as PostgresError where error.isInfrastructure {
                observe(.databaseFailed(code: error.sqlState?.rawValue))
                logger.warning("the database is away; trying again", metadata: ["error": "\(error)"])
                await pause(RetryPolicy(longestDelay: .seconds(10)).delay(step: failuresInARow, jitter: .random(in: 0...1)))
                failuresInARow += 1
            }
        }
    }

    /// Sleeps, but not beyond shutdown.
    private func pause(_ duration: Duration) async {
        try? await cancelWhenGracefulShutdown { try await Task.sleep(for: duration) }
    }
}
