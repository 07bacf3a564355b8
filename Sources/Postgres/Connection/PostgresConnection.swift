/// One connection to a PostgreSQL server.
///
/// It is not Sendable, so that two tasks cannot interleave their steps: that would not compile. Borrow one from a
/// ``PostgresPool`` for ordinary work; open one of your own for what needs a session, such as an advisory lock.
///
/// Every method waits without holding a thread. When the task is cancelled, the server is asked to stop the query, the connection is
/// read until it is in step again, and the method throws ``PostgresError/Kind/cancelled``; the connection stays usable. If the server does not
/// stop in time, the connection is broken. A broken connection never recovers; it throws
/// ``PostgresError/Kind/connectionLost(reason:sqlState:)`` from then on.
///
/// The connection closes when it is released.
public final class PostgresConnection {
    public let configuration: PostgresConfiguration
    let handle: LibpqHandle
    private var state = State.ready
    private let openedAt = ContinuousClock.now
    var statements = PreparedStatements()

    private enum State {
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

    /// How long a server that was asked to stop a query may take.
    private static let stopTimeout = Duration.seconds(5)

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
        // Between two queries the server may send changed parameters, notifications, a final error, or the end of the stream.
        while let socket = handle.socket, !handle.isBroken, SocketInterest.read.poll(socket, milliseconds: 0) {
            do throws(PostgresError) { try handle.consume() } catch { return false }
            // Parses what was read.
            _ = handle.isBusy
        }
        handle.dropNotifications()
        return !handle.isBroken
    }
}

extension PostgresConnection {
    /// Sends something and receives its results until `receive` says that it was the last one.
    ///
    /// - Returns: true when the task was cancelled and the server was therefore asked to stop.
    func exchange(
        _ label: String?, onCancellation: OnCancellation, send: (LibpqHandle) throws(PostgresError) -> Void,
        receive: (LibpqResult?) -> Bool
    ) async throws(PostgresError) -> Bool {
        switch state {
        case .ready: break
        case .inUse: throw PostgresError(.misuse("the connection is already busy with another query"), query: label)
        case .broken(let error): throw error
        }
        if case .stop = onCancellation, Task.isCancelled { throw PostgresError(.cancelled, query: label) }
        state = .inUse
        do throws(PostgresError) {
            try send(handle)
            let wasStopped = try await settle(label, onCancellation, receive)
            state = .ready
            return wasStopped
        } catch {
            let error = error.during(label)
            switch error.kind {
            case .encoding: state = .ready
            default: state = .broken(PostgresError(.connectionLost(reason: error.brokenReason, sqlState: error.sqlState)))
            }
            throw error
        }
    }

    private func settle(
        _ label: String?, _ onCancellation: OnCancellation, _ receive: (LibpqResult?) -> Bool
    ) async throws(PostgresError) -> Bool {
        var farewell: ServerError?
        var isFlushed = false
        var wasStopped = false
        var deadline: ContinuousClock.Instant?
        do throws(PostgresError) {
            while true {
                if !isFlushed { isFlushed = try handle.flush() }
                while !handle.isBusy {
                    let result = handle.nextResult(query: label)
                    if case .failure(let error) = result, error.endsSession { farewell = error }
                    if case .unsupported(let what) = result { throw PostgresError(.misuse("\(what) is not supported")) }
                    if receive(result) {
                        guard !handle.isBroken, farewell == nil else { throw handle.lost() }
                        return wasStopped
                    }
                }
                guard let socket = handle.socket else { throw handle.lost() }
                let outcome = await waitForSocket(
                    socket, isFlushed ? .read : [.read, .write], timeout: deadline.map { $0 - .now }, isCancellable: deadline == nil)
                switch outcome {
                case .value: try handle.consume()
                case .timedOut: throw PostgresError(.cancelled)
                case .cancelled:
                    switch onCancellation {
                    case .stop:
                        wasStopped = true
                        await CancelRequest(for: handle)?.send(timeout: Self.stopTimeout)
                        deadline = .now + Self.stopTimeout
                    case .finish(let duration): deadline = .now + duration
                    }
                }
            }
        } catch {
            guard error.isConnectionLost else { throw error }
            if let farewell { throw PostgresError(.connectionLost(reason: farewell.safeMessage, sqlState: farewell.sqlState)) }
            throw handle.lastWords()
        }
    }

    /// Marks the connection as broken, after a failure outside of a query.
    func giveUp(_ error: PostgresError) {
        state = .broken(error)
    }
}

extension PostgresError {
    fileprivate var brokenReason: String {
        switch kind {
        case .connectionLost(let reason, _): reason
        case .cancelled: "the server did not stop a cancelled query in time"
        case .misuse(let rule): rule
        default: "an earlier failure left it in an unknown state"
        }
    }
}
