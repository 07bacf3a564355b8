import CLibpq
import Dispatch
import Glibc

extension LibpqHandle {
    /// Connects on a thread of its own and waits for it without holding one of the cooperative pool. When the wait ends early,
    /// the thread finishes what comes of the attempt.
    static func open(_ configuration: PostgresConfiguration) async throws(PostgresError) -> LibpqHandle {
        let target = try configuration.target
        switch await attempt(configuration, target).wait(timeout: configuration.connectTimeout + lookupGrace) {
        case .value(let result): return try result.get().handle
        case .timedOut: throw noAnswer(from: target, within: configuration.connectTimeout)
        case .cancelled: throw PostgresError(.cancelled)
        }
    }

    /// The same for a caller that has a thread.
    @available(*, noasync)
    static func openOnThread(_ configuration: PostgresConfiguration) throws(PostgresError) -> LibpqHandle {
        let target = try configuration.target
        guard let result = attempt(configuration, target).waitOnThread(timeout: configuration.connectTimeout) else {
            throw noAnswer(from: target, within: configuration.connectTimeout)
        }
        return try result.get().handle
    }

    /// The attempt keeps its own deadline with an exacter message; only a hanging name lookup cannot be ended by it.
    private static let lookupGrace = Duration.milliseconds(500)

    private static func attempt(_ configuration: PostgresConfiguration, _ target: ConnectionTarget) -> OneShot<
        Result<Passage, PostgresError>
    > {
        let arrival = OneShot<Result<Passage, PostgresError>>()
        blockingCalls.async {
            let result = Result { () throws(PostgresError) in Passage(handle: try connect(configuration, target)) }
            arrival.deliver(result)
        }
        return arrival
    }

    /// Carries a handle from the thread that connected to the caller.
    ///
    /// Unchecked, because: the thread makes the handle, puts it into the only `Passage`, delivers that, and does not use it again;
    /// ``OneShot`` gives it to the single waiter, or to nobody.
    private struct Passage: @unchecked Sendable {
        let handle: LibpqHandle
    }

    private static func noAnswer(from target: ConnectionTarget, within timeout: Duration) -> PostgresError {
        PostgresError(.connecting(target: target.description, reason: "no answer within \(timeout)"))
    }

    /// Blocks: libpq looks host names up. Each host gets an equal share of the time that is left, because libpq alone would wait
    /// for one that takes the connection and then says nothing until all of it is gone.
    private static func connect(_ configuration: PostgresConfiguration, _ target: ConnectionTarget) throws(PostgresError) -> LibpqHandle {
        let end = ContinuousClock.now + configuration.connectTimeout
        var reasons: [String] = []
        for (index, place) in target.attempts.enumerated() {
            let share = (end - .now) / (target.attempts.count - index)
            do throws(Refusal) {
                return try connect(configuration, to: place, within: share)
            } catch {
                if !reasons.contains(error.reason) { reasons.append(error.reason) }
            }
        }
        throw PostgresError(.connecting(target: target.description, reason: reasons.joined(separator: "; ")))
    }

    private struct Refusal: Error {
        let reason: String
    }

    private static func connect(
        _ configuration: PostgresConfiguration, to place: [(keyword: String, value: String)], within share: Duration
    ) throws(Refusal) -> LibpqHandle {
        let handle = try start(configuration, place)
        let end = ContinuousClock.now + share
        var wanted = SocketInterest.write
        while true {
            // The descriptor may be another one after each step.
            guard !handle.isBroken, let socket = handle.socket else { throw Refusal(reason: handle.complaint) }
            let milliseconds = Int32(clamping: Int64(((end - .now) / .milliseconds(1)).rounded(.up)))
            guard milliseconds > 0, wanted.poll(socket, milliseconds: milliseconds) else { throw handle.silence(of: share) }
            switch unsafe PQconnectPoll(handle.connection) {
            case PGRES_POLLING_READING: wanted = .read
            case PGRES_POLLING_WRITING: wanted = .write
            case PGRES_POLLING_OK:
                guard unsafe PQsetnonblocking(handle.connection, 1) == 0 else { throw Refusal(reason: handle.complaint) }
                try handle.establishSession(configuration, until: end, share)
                return handle
            default: throw Refusal(reason: handle.complaint)
            }
        }
    }

    private static func start(
        _ configuration: PostgresConfiguration, _ place: [(keyword: String, value: String)]
    ) throws(Refusal) -> LibpqHandle {
        // libpq expands a `dbname` that is a connection string in its place: what stands before gives way to it, what
        // stands after overrides it.
        let settings = configuration.defaults + [("dbname", configuration.connectionString)] + configuration.demands + place
        let connection = unsafe withCStrings(settings.map(\.keyword)) { keywords in
            unsafe withCStrings(settings.map(\.value)) { values in
                let expandsDatabaseName: Int32 = 1
                return unsafe PQconnectStartParams(keywords, values, expandsDatabaseName)
            }
        }
        guard let connection = unsafe connection else { throw Refusal(reason: "out of memory") }
        return unsafe LibpqHandle(owning: connection, logger: configuration.logger)
    }

    /// Sets the session up, which is a part of connecting: a server that does not answer this either is no use.
    private func establishSession(
        _ configuration: PostgresConfiguration, until end: ContinuousClock.Instant, _ share: Duration
    ) throws(Refusal) {
        let query = SessionSettings(serverVersion: serverVersion, lockLimit: configuration.lockLimit).establish(
            backend: backendID, preparesStatements: configuration.preparesStatements)
        var answer = StatementAnswer(to: query.sql, label: query.label)
        do throws(PostgresError) {
            try send(query)
            if try receive(&answer, query.label, until: end) {
                isPooled = try !answer.get().one().decode(at: 0, as: Bool.self)
                return
            }
        } catch {
            guard error.isConnectionLost, case .connectionLost(let reason, _) = (error.sqlState == nil ? lastWords() : error).kind else {
                throw Refusal(reason: "\(error)")
            }
            throw Refusal(reason: reason)
        }
        throw silence(of: share)
    }

    private func silence(of share: Duration) -> Refusal {
        Refusal(reason: "no answer\(hostName.map { " from \($0)" } ?? "") within \(share.rounded)")
    }

    private var hostName: String? {
        unsafe PQhost(connection).map { unsafe String(cString: $0) }
    }
}

extension Duration {
    /// To the tenth of a second, for people.
    fileprivate var rounded: Duration {
        .milliseconds(Int64((self / .milliseconds(100)).rounded(.up)) * 100)
    }
}

/// Lends a NULL-terminated array of C strings.
private func withCStrings<Value>(
    _ strings: [String], _ body: (UnsafePointer<UnsafePointer<CChar>?>?) -> Value
) -> Value {
    var copies: [UnsafeMutablePointer<CChar>?] = unsafe strings.map { unsafe strdup($0) }
    unsafe copies.append(nil)
    defer { unsafe copies.forEach { unsafe free($0) } }
    let pointers: [UnsafePointer<CChar>?] = unsafe copies.map { unsafe UnsafePointer($0) }
    return unsafe body(pointers)
}
