/// One connection to a PostgreSQL server.
///
/// It is not Sendable, so that two tasks cannot interleave their steps: that would not compile. Borrow one from a
/// ``PostgresPool`` for ordinary work; open one of your own for what needs a session, such as an advisory lock.
///
/// Every method waits without holding a thread. When the task is cancelled, the server is asked to stop the query, the connection is
/// read until it is in step again, and the method throws ``PostgresError/Kind/cancelled``; the connection stays usable. If the server does not
/// stop in time, or if the request to stop may still be on its way, which could hit the next query, the connection is broken. So it is after
/// answers that make no sense. A broken connection never recovers; it throws ``PostgresError/Kind/connectionLost(reason:sqlState:)`` from then on.
///
/// The connection closes when it is released.
public final class PostgresConnection {
    public let configuration: PostgresConfiguration
    let handle: LibpqHandle
    var state = State.ready
    private let openedAt = ContinuousClock.now
    var statements = PreparedStatements()

    enum State {
        case ready
        case inUse
        case broken(PostgresError)
    }

    /// What to do with a query when its task is cancelled.
    package enum OnCancellation: Sendable {
        /// The server is asked to stop it.
        case stop
        /// Wait for this long, because the outcome matters more than the delay. Then the connection is closed.
        case finish(within: Duration)
    }

    private init(configuration: PostgresConfiguration, handle: LibpqHandle) {
        self.configuration = configuration
        self.handle = handle
    }

    /// Connects.
    ///
    /// - Throws: ``PostgresError/Kind/connecting(target:reason:)``, or ``PostgresError/Kind/cancelled``.
    public static func connect(_ configuration: PostgresConfiguration) async throws(PostgresError) -> PostgresConnection {
        PostgresConnection(configuration: configuration, handle: try await LibpqHandle.open(configuration))
    }

    /// Connects by a connection string, with the other settings at their defaults; an empty one stands for the `PG…` environment.
    public static func connect(_ connectionString: String) async throws(PostgresError) -> PostgresConnection {
        try await connect(PostgresConfiguration(connectionString))
    }

    /// The process id of the server's backend, as in `pg_stat_activity.pid`.
    public var backendID: Int32 { handle.backendID }

    /// The server's version, for example 150014 for 15.14.
    public var serverVersion: Int { handle.serverVersion }

    /// A setting that the server reports by itself, for example `TimeZone`, `in_hot_standby`.
    public func serverParameter(_ name: String) -> String? { handle.parameter(name) }

    public var isBroken: Bool {
        if case .broken = state { true } else { handle.isBroken }
    }

    /// The time since it was opened.
    var age: Duration { openedAt.duration(to: .now) }

    /// True when no query is running, no transaction is open and the server has not closed the connection.
    var isAtRest: Bool {
        guard case .ready = state, handle.transactionStatus == .idle else { return false }
        // Between two queries the server may send changed parameters, notifications, a final error, or the end of the stream. One that sends
        // more and more is not at rest.
        for _ in 0..<64 {
            guard let socket = handle.socket, !handle.isBroken else { return false }
            guard SocketInterest.read.poll(socket, milliseconds: 0) else {
                handle.dropNotifications()
                return true
            }
            do throws(PostgresError) { try handle.consume() } catch { return false }
            // Parses what was read.
            _ = handle.isBusy
        }
        return false
    }
}
