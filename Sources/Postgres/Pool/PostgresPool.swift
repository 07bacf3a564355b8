import Logging
import Synchronization

/// Connections to one database. Each is lent to one borrower at a time, in the order of the requests.
///
/// Connections are opened when they are needed, and closed when nobody has needed them for a while. Broken ones, those in which a
/// transaction was left open, and old ones are replaced. A connection keeps its session between borrowers: undo what you set (`SET`, `LISTEN`, session-level locks).
public final class PostgresPool: Sendable {
    public struct Configuration: Sendable {
        public var connection: PostgresConfiguration

        /// The most connections that are open at once, at least 1.
        public var limit: Int

        /// How long a borrower waits for its turn. Opening a new connection takes additional time, with its own timeout.
        public var acquireTimeout: Duration

        /// After this age a connection is replaced when it is next returned or asked for, so that the load follows a failover or a
        /// new server and the memory that backends gather is freed.
        public var maximumAge: Duration

        /// A connection that nobody has asked for during this time is closed, so that a server with many clients holds sessions only for
        /// those that work.
        public var idleLimit: Duration

        public init(
            _ connection: PostgresConfiguration, limit: Int = 10, acquireTimeout: Duration = .seconds(30),
            maximumAge: Duration = .seconds(1800), idleLimit: Duration = .seconds(60)
        ) {
            self.connection = connection
            self.limit = limit
            self.acquireTimeout = acquireTimeout
            self.maximumAge = maximumAge
            self.idleLimit = idleLimit
        }
    }

    /// A connection while it belongs to the pool and not to a borrower.
    ///
    /// Unchecked, because: a connection gets into one only in ``giveBack(_:)``, by the borrower that ends its use, and out only in
    /// ``acquire()``, by the one borrower that ``PoolState`` chose.
    private struct Resting: @unchecked Sendable {
        let connection: PostgresConnection
    }

    private enum Grant: Sendable {
        case connection(Resting)
        case place
        case closed
    }

    private struct Shared {
        var pool: PoolState<Resting>
        var waiting: [PoolState<Resting>.Ticket: OneShot<Grant>] = [:]
        var closing: [OneShot<Void>] = []
        /// The task that closes connections that are idle too long; `nil` while none is idle.
        var watch: Task<Void, Never>?
    }

    public let configuration: Configuration
    private let shared: Mutex<Shared>

    public init(_ configuration: Configuration) {
        self.configuration = configuration
        shared = Mutex(Shared(pool: PoolState(limit: max(1, configuration.limit))))
    }

    /// Lends a connection to `body`. It must not keep the connection.
    ///
    /// - Throws: What `body` throws; ``PostgresError/Kind/poolTimeout(limit:waited:)``, ``PostgresError/Kind/poolClosed``,
    ///   ``PostgresError/Kind/connecting(target:reason:)``, ``PostgresError/Kind/cancelled`` when there is none to lend.
    public func withConnection<Value>(_ body: (PostgresConnection) async throws -> Value) async throws -> Value {
        let connection = try await acquire()
        defer { giveBack(connection) }
        return try await body(connection)
    }

    deinit {
        shared.withLock { $0.watch?.cancel() }
    }

    /// Stops lending and closes all connections, the lent ones when they come back. Returns when the last one is closed;
    /// cancellation does not end the wait.
    /// - Parameter limit: how long to wait for lent ones, whose work may have been given up; `nil` for as long as it takes.
    public func close(within limit: Duration? = nil) async {
        let drained = OneShot<Void>()
        let (idle, waiting, watch) = shared.withLock { shared -> ([Resting], [OneShot<Grant>], Task<Void, Never>?) in
            let (idle, tickets) = shared.pool.close()
            shared.closing.append(drained)
            return (idle, tickets.compactMap { shared.waiting.removeValue(forKey: $0) }, shared.watch)
        }
        watch?.cancel()
        await watch?.value
        for grant in waiting { grant.deliver(.closed) }
        _ = consume idle
        announceDrained()
        _ = await drained.wait(timeout: limit, isCancellable: false)
    }
}

extension PostgresPool {
    func acquire() async throws(PostgresError) -> PostgresConnection {
        guard !Task.isCancelled else { throw PostgresError(.cancelled) }
        let (acquisition, grant) = shared.withLock { shared -> (PoolState<Resting>.Acquisition, OneShot<Grant>?) in
            let acquisition = shared.pool.acquire()
            guard case .wait(let ticket) = acquisition else { return (acquisition, nil) }
            let grant = OneShot<Grant>()
            shared.waiting[ticket] = grant
            return (acquisition, grant)
        }
        switch acquisition {
        case .lend(let resting): return try await fresh(resting.connection)
        case .open: return try await fresh(nil)
        case .refuse: throw PostgresError(.poolClosed)
        case .wait(let ticket):
            guard let grant else { throw PostgresError(.poolClosed) }
            return try await turn(of: ticket, grant)
        }
    }

    private func turn(of ticket: Int, _ grant: OneShot<Grant>) async throws(PostgresError) -> PostgresConnection {
        let outcome = await grant.wait(timeout: configuration.acquireTimeout)
        switch outcome {
        case .value(.connection(let resting)): return try await fresh(resting.connection)
        case .value(.place): return try await fresh(nil)
        case .value(.closed): throw PostgresError(.poolClosed)
        case .timedOut, .cancelled:
            shared.withLock { shared in
                shared.pool.giveUp(ticket)
                shared.waiting[ticket] = nil
            }
            if case .cancelled = outcome { throw PostgresError(.cancelled) }
            throw PostgresError(.poolTimeout(limit: configuration.limit, waited: configuration.acquireTimeout))
        }
    }

    /// The connection itself if it can still be lent, otherwise a new one in its place.
    private func fresh(_ connection: PostgresConnection?) async throws(PostgresError) -> PostgresConnection {
        if let connection, isGood(connection) { return connection }
        do throws(PostgresError) {
            return try await PostgresConnection.connect(configuration.connection)
        } catch {
            passOn(nil)
            throw error
        }
    }

    func giveBack(_ connection: PostgresConnection) {
        let isGood = isGood(connection)
        if !isGood, !connection.isBroken, connection.age < configuration.maximumAge {
            configuration.connection.logger.warning("a connection came back to the pool with an open transaction or query, and is closed")
        }
        passOn(isGood ? Resting(connection: connection) : nil)
    }

    private func isGood(_ connection: PostgresConnection) -> Bool {
        connection.isAtRest && connection.age < configuration.maximumAge
    }

    private func passOn(_ resting: Resting?) {
        while true {
            let (handover, grant) = shared.withLock { shared -> (PoolState<Resting>.Handover, OneShot<Grant>?) in
                let handover = shared.pool.giveBack(resting)
                guard case .pass(let ticket, _) = handover else { return (handover, nil) }
                return (handover, shared.waiting.removeValue(forKey: ticket))
            }
            guard case .pass = handover else {
                watchIdle()
                return announceDrained()
            }
            // The chosen borrower may have stopped waiting just now. Then the next one gets it.
            if let grant, grant.deliver(resting.map(Grant.connection) ?? .place) { return }
        }
    }

    /// Starts the task that closes connections that are idle too long, unless it is running.
    private func watchIdle() {
        shared.withLock { shared in
            guard shared.watch == nil, shared.pool.restsSince != nil else { return }
            // The task does not retain the pool, so that a released pool is freed at once.
            shared.watch = Task { [weak self, limit = configuration.idleLimit] in
                var next: ContinuousClock.Instant? = .now + limit
                while let time = next, (try? await Task.sleep(until: time)) != nil { next = self?.closeIdle() }
            }
        }
    }

    /// - Returns: when to check again; `nil` when no connection is idle.
    private func closeIdle() -> ContinuousClock.Instant? {
        let limit = configuration.idleLimit
        let (expired, since) = shared.withLock { shared in
            let expired = shared.pool.expire(unusedSince: .now - limit)
            if shared.pool.restsSince == nil { shared.watch = nil }
            return (expired, shared.pool.restsSince)
        }
        _ = consume expired
        return since.map { $0 + limit }
    }

    private func announceDrained() {
        let closing = shared.withLock { shared -> [OneShot<Void>] in
            guard shared.pool.isDrained else { return [] }
            defer { shared.closing = [] }
            return shared.closing
        }
        for waiter in closing { waiter.deliver(()) }
    }
}

extension PostgresPool {
    /// How many borrowers wait for their turn; for tests and status pages.
    package var waitingCount: Int { shared.withLock { $0.pool.waiting.count } }

    /// True from the first call of ``close()`` on.
    package var isClosed: Bool { shared.withLock { $0.pool.isClosed } }

    /// Whether the task that closes idle connections is running.
    package var isWatched: Bool { shared.withLock { $0.watch.map { !$0.isCancelled } ?? false } }
}
