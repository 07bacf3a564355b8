import Logging

/// Notifications of some channels, as long as the sequence is iterated.
///
/// ```swift
/// for await event in PostgresListener(configuration, channels: ["dailies_jobs"]) {
///     switch event {
///     case .connected, .disconnected, .reconnected: await look()
///     case .notification(let notification): …
///     }
/// }
/// ```
/// Each iteration has its own connection. When the connection is lost, it is opened again, with growing pauses. Notifications that were sent
/// meanwhile are lost: `.reconnected` says so, and the caller should look at once. The sequence never throws; it ends when the task is
/// cancelled.
///
/// LISTEN needs its own session. Through a pooler in transaction mode it would seem to succeed, but it would stay on a session that other
/// clients use, and nothing would arrive here. So LISTEN is never sent through a pooler (``PostgresConnection/isPooled``). The listener logs
/// this once, and checks from time to time whether the address leads to the server directly. Always poll as well.
public struct PostgresListener: AsyncSequence, Sendable {
    public enum Event: Hashable, Sendable {
        /// LISTEN is in effect for the first time.
        case connected
        /// LISTEN is no longer in effect: poll until it is again.
        case disconnected
        /// LISTEN is in effect again; notifications may have been missed.
        case reconnected
        case notification(PostgresNotification)
    }

    private let configuration: PostgresConfiguration
    private let channels: [String]

    public init(_ configuration: PostgresConfiguration, channels: [String]) {
        self.configuration = configuration
        self.channels = channels
    }

    public func makeAsyncIterator() -> Iterator {
        Iterator(configuration: configuration, channels: channels)
    }

    public struct Iterator: AsyncIteratorProtocol {
        let configuration: PostgresConfiguration
        let channels: [String]
        private var connection: PostgresConnection?
        private var wasConnected = false
        private var failures = 0
        /// Before the next attempt to connect.
        private var pause: Duration?
        /// What was last logged, so that an outage is one line and not one for each attempt.
        private var complaint: String?
        private let backoff = Backoff(first: .milliseconds(100), most: .seconds(10))
        /// The time between two checks for problems that only a person can solve.
        private static let rarely = Duration.seconds(60)

        init(configuration: PostgresConfiguration, channels: [String]) {
            self.configuration = configuration
            self.channels = channels
        }

        public mutating func next() async -> Event? {
            while !Task.isCancelled {
                if let pause {
                    do { try await Task.sleep(for: pause) } catch { return nil }
                }
                pause = nil
                let wasListening = connection != nil
                do throws(PostgresError) {
                    if let connection { return .notification(try await connection.nextNotification()) }
                    connection = try await listen()
                    defer { wasConnected = true }
                    recover()
                    return wasConnected ? .reconnected : .connected
                } catch {
                    connection = nil
                    if error.isCancellation { return nil }
                    failures += 1
                    report("\(error)")
                    pause = error.isInfrastructure ? backoff.delay(after: failures) : Self.rarely
                    if wasListening { return .disconnected }
                }
            }
            return nil
        }

        private mutating func report(_ error: String) {
            let isNews = error != complaint
            complaint = error
            configuration.logger.log(
                level: isNews ? .warning : .debug, "not listening for notifications; trying again",
                metadata: ["failures": "\(failures)", "error": "\(error)"])
        }

        private mutating func recover() {
            if complaint != nil { configuration.logger.notice("listening for notifications again") }
            complaint = nil
            failures = 0
        }

        private func listen() async throws(PostgresError) -> PostgresConnection {
            let connection = try await PostgresConnection.connect(configuration)
            if connection.isPooled {
                throw PostgresError(
                    .misuse("LISTEN needs a direct connection, and \(configuration) is a pooler: nothing but polling finds out what is new")
                )
            }
            for channel in channels { try await connection.query("LISTEN \(identifier: channel)") }
            return connection
        }
    }
}

extension PostgresConnection {
    /// Waits for the next notification of the channels that this session listens to.
    func nextNotification() async throws(PostgresError) -> PostgresNotification {
        while true {
            if let notification = handle.nextNotification() { return notification }
            guard let socket = handle.socket, !handle.isBroken else { throw handle.lost() }
            guard case .value = await waitForSocket(socket, .read) else { throw PostgresError(.cancelled) }
            do throws(PostgresError) {
                try handle.consume()
            } catch {
                let error = handle.lastWords()
                giveUp(error)
                throw error
            }
        }
    }
}
