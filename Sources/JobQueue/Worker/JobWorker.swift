public import Logging
public import Postgres
public import ServiceLifecycle

/// Claims jobs and runs their handlers until it is told to stop.
///
/// A worker works in sessions. Each session registers the worker, beats from its own thread, and claims whenever a slot is free and jobs
/// may be waiting. It ends when the process shuts down or the lease is lost. On graceful shutdown running jobs get the grace time; then
/// their handlers are cancelled and the jobs are released, which uses up no attempt. Results that cannot be written a second later are given
/// up; others rescue those jobs. Cancelling `run()` does the same without grace time.
/// While the database is away nothing is claimed. The worker goes on by itself when the database is back.
public struct JobWorker: Service {
    public struct Configuration: Sendable {
        /// Shown to people in timelines and lists.
        public var name: String
        public var version: String
        /// Jobs that run at the same time.
        public var slots: WorkerSlots
        /// Short enough that nobody waits long for a dead worker, long enough that no busy worker is taken for dead.
        public static let standardLease = Duration.seconds(5)

        /// Without a beat for this long, other workers take this worker's jobs.
        public var lease: Duration
        /// The time between beats: a fifth of the lease, so that four in a row may fail.
        public var beatInterval: Duration
        /// The time between polls when no notifications arrive.
        public var pollInterval: Duration
        /// How long running jobs may go on at shutdown.
        public var graceTime: Duration
        public var retryPolicy: RetryPolicy
        /// How long ended jobs are kept in the history. Their results stay.
        public var historyRetention: Duration

        public init(
            name: String, version: String, slots: WorkerSlots, lease: Duration = standardLease, beatInterval: Duration? = nil,
            pollInterval: Duration = .seconds(1), graceTime: Duration = .seconds(30), retryPolicy: RetryPolicy = RetryPolicy(),
            historyRetention: Duration = .seconds(90 * 86_400)
        ) {
            self.name = name
            self.version = version
            self.slots = slots
            self.lease = lease
            self.beatInterval = beatInterval ?? lease / 5
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
    let recent = RecentAttempts()

    /// - Parameters:
    ///   - pool: for claims, results and maintenance. It needs four connections and those that the handlers use.
    ///   - database: for the two connections outside the pool: the lease's and the listener's.
    ///   - listening: for the listener, if `database` is a pooler in transaction mode; otherwise `nil`. If neither can LISTEN, the
    ///     worker polls.
    ///   - onLeaseLost: called from the lease's thread as soon as other workers may have this worker's jobs. It must not block. It kills
    ///     the inspectors.
    ///   - obstacle: called about once a second. Returns what is missing that every job needs, in words for people, or `nil`. While
    ///     there is an obstacle nothing is claimed, and running jobs go on.
    ///   - observe: receives the worker's events, from any thread. It must not block.
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
                // Workers that lost their leases together, because of a slow database, must not come back at the same time.
                await pause(.seconds(Double.random(in: 0...1)))
            } catch let error as PostgresError where error.isInfrastructure {
                observe(.databaseFailed(code: error.sqlState?.rawValue))
                logger.warning("the database is away; trying again", metadata: ["error": "\(error)"])
                await pause(RetryPolicy(longestDelay: .seconds(10)).delay(step: failuresInARow, jitter: .random(in: 0...1)))
                failuresInARow += 1
            }
        }
    }

    /// Sleeps until the time is over or the shutdown begins.
    private func pause(_ duration: Duration) async {
        try? await cancelWhenGracefulShutdown { try await Task.sleep(for: duration) }
    }
}
