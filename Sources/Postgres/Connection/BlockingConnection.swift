/// A connection for a thread that must never be delayed, such as a worker's heartbeat. It shares nothing with the
/// async connections: no task, no cooperative thread, no pool.
///
/// Every call blocks its thread, at most for the time stated. It does not compile in an async function.
///
/// ```swift
/// Thread.detachNewThread {
///     do {
///         var connection = try BlockingConnection(configuration)
///         try connection.query("SELECT dailies.beat_worker(\(worker))", timeout: .seconds(1))
///     } catch { … }
/// }
/// ```
public struct BlockingConnection: ~Copyable {
    private let handle: LibpqHandle
    private var isUsable = true

    /// Connects, within the configuration's `connectTimeout`.
    ///
    /// - Throws: ``PostgresError/Kind/connecting(target:reason:)``.
    @available(*, noasync)
    public init(_ configuration: PostgresConfiguration) throws(PostgresError) {
        handle = try LibpqHandle.openOnThread(configuration)
    }

    /// True after a timeout or a lost connection. Then make a new connection.
    public var isBroken: Bool {
        !isUsable || handle.isBroken
    }

    /// Runs one statement.
    ///
    /// - Throws: ``PostgresError/Kind/timedOut(after:)`` when there is no answer in time. The statement may then still take effect, and
    ///   the connection is broken. Otherwise as ``PostgresConnection/query(_:)``.
    @available(*, noasync)
    @discardableResult
    public mutating func query(_ query: PostgresQuery, timeout: Duration) throws(PostgresError) -> PostgresRows {
        let label = query.label
        guard !isBroken else {
            throw PostgresError(.connectionLost(reason: "an earlier query on this connection failed", sqlState: nil), query: label)
        }
        try query.validate()
        // Set back only when the protocol is known to be in step.
        isUsable = false
        let answer: LibpqResult?
        do throws(PostgresError) {
            try handle.send(query)
            answer = try receive(label, deadline: .now + timeout, timeout: timeout)
        } catch {
            throw error.isConnectionLost ? handle.lastWords().during(label) : error.during(label)
        }
        switch answer {
        case .rows(let rows):
            isUsable = true
            handle.dropNotifications()
            return rows
        case .failure(let error) where error.endsSession:
            throw PostgresError(.connectionLost(reason: error.safeMessage, sqlState: error.sqlState), query: label)
        case .failure(let error):
            isUsable = true
            throw PostgresError(.server(error), query: label)
        default:
            throw PostgresError(.misuse("the server gave no rows and no error"), query: label)
        }
    }

    private func receive(_ label: String, deadline: ContinuousClock.Instant, timeout: Duration) throws(PostgresError) -> LibpqResult? {
        var answer: LibpqResult?
        var isFlushed = false
        while true {
            if !isFlushed { isFlushed = try handle.flush() }
            while !handle.isBusy {
                guard let result = handle.nextResult(query: label) else { return answer }
                if answer == nil { answer = result }
                if case .unsupported = result { return answer }
                if case .failure(let error) = result, error.endsSession { return answer }
            }
            guard let socket = handle.socket else { throw handle.lost() }
            let milliseconds = Int32(clamping: Int64(((deadline - .now) / .milliseconds(1)).rounded(.up)))
            guard milliseconds > 0, (isFlushed ? SocketInterest.read : [.read, .write]).poll(socket, milliseconds: milliseconds) else {
                throw PostgresError(.timedOut(after: timeout))
            }
            try handle.consume()
        }
    }
}
