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

    /// A handle on its way from the thread that connected to whoever asked.
    ///
    /// Unchecked, because: the thread makes the handle, puts it into the only `Passage`, delivers that, and does not use it again;
    /// ``OneShot`` gives it to the one who waits, or to nobody.
    private struct Passage: @unchecked Sendable {
        let handle: LibpqHandle
    }

    private static func noAnswer(from target: ConnectionTarget, within timeout: Duration) -> PostgresError {
        PostgresError(.connecting(target: target.description, reason: "no answer within \(timeout)"))
    }

    /// Blocks: libpq looks up the name of each host when its turn comes.
    private static func connect(_ configuration: PostgresConfiguration, _ target: ConnectionTarget) throws(PostgresError) -> LibpqHandle {
        let handle = try start(configuration, target)
        var schedule = ConnectSchedule(timeout: configuration.connectTimeout, hosts: target.hosts.count)
        var wanted = SocketInterest.write
        while true {
            guard !handle.isBroken, let socket = handle.socket else { throw handle.refusal(of: target) }
            // The descriptor may be another one after each step, and so may the host.
            schedule.isTrying(handle.address)
            if !wanted.poll(socket, milliseconds: schedule.millisecondsLeft) {
                guard !schedule.isOver else { throw noAnswer(from: target, within: configuration.connectTimeout) }
                // libpq goes on to the next host only when this one fails.
                shutdown(socket, Int32(SHUT_RDWR))
            }
            switch unsafe PQconnectPoll(handle.connection) {
            case PGRES_POLLING_READING: wanted = .read
            case PGRES_POLLING_WRITING: wanted = .write
            case PGRES_POLLING_OK:
                guard unsafe PQsetnonblocking(handle.connection, 1) == 0 else { throw handle.refusal(of: target) }
                return handle
            default: throw handle.refusal(of: target)
            }
        }
    }

    private static func start(_ configuration: PostgresConfiguration, _ target: ConnectionTarget) throws(PostgresError) -> LibpqHandle {
        // libpq expands a `dbname` that is a connection string in its place: what stands before gives way to it, what
        // stands after overrides it.
        let settings = configuration.defaults + [("dbname", configuration.connectionString)] + configuration.demands
        let connection = unsafe withCStrings(settings.map(\.keyword)) { keywords in
            unsafe withCStrings(settings.map(\.value)) { values in
                let expandsDatabaseName: Int32 = 1
                return unsafe PQconnectStartParams(keywords, values, expandsDatabaseName)
            }
        }
        guard let connection = unsafe connection else {
            throw PostgresError(.connecting(target: target.description, reason: "out of memory"))
        }
        return unsafe LibpqHandle(owning: connection, logger: configuration.logger)
    }

    private func refusal(of target: ConnectionTarget) -> PostgresError {
        PostgresError(.connecting(target: target.description, reason: complaint))
    }

    /// Tells one attempt of libpq from the next.
    private var address: String {
        let parts = unsafe [PQhost(connection), PQhostaddr(connection), PQport(connection)]
        return unsafe parts.map { unsafe $0.map { unsafe String(cString: $0) } ?? "" }.joined(separator: " ")
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
