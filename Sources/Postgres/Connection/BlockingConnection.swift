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
        var answer = StatementAnswer(to: query.sql, label: label)
        do throws(PostgresError) {
            try handle.send(query)
            guard try handle.receive(&answer, label, until: .now + timeout) else { throw PostgresError(.timedOut(after: timeout)) }
        } catch {
            throw error.during(label)
        }
        isUsable = true
        handle.dropNotifications()
        return try answer.get()
    }
}
