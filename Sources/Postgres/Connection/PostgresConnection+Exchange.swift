extension PostgresConnection {
    /// Sends something and receives its results until `receive` says that it was the last one.
    ///
    /// - Returns: true when the task was cancelled and the server was therefore asked to stop.
    func exchange(
        _ label: String?, onCancellation: OnCancellation, send: (LibpqHandle) throws(PostgresError) -> Void,
        receive: (LibpqResult?) throws(PostgresError) -> Bool
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
            let stop = try await settle(label, onCancellation, receive)
            // A request to stop that comes late would stop the next query.
            state = stop == .mayComeLate ? .broken(PostgresError(.connectionLost(reason: Self.lateStop, sqlState: nil))) : .ready
            return stop != nil
        } catch {
            let error = error.during(label)
            switch error.kind {
            case .encoding: state = .ready
            default: state = .broken(PostgresError(.connectionLost(reason: error.brokenReason, sqlState: error.sqlState)))
            }
            throw error
        }
    }

    /// What has become of a request to stop the query.
    private enum StopRequest {
        case taken, mayComeLate
    }

    private static let lateStop = "a request to stop its last query may still be on its way to the server"

    private func settle(
        _ label: String?, _ onCancellation: OnCancellation, _ receive: (LibpqResult?) throws(PostgresError) -> Bool
    ) async throws(PostgresError) -> StopRequest? {
        var isFlushed = false
        var stop: StopRequest?
        // Once the query is to be stopped.
        var deadline: ContinuousClock.Instant?
        let answerDeadline = configuration.answerLimit.map { ContinuousClock.now + $0 }
        var reading = ResultReading()
        do throws(PostgresError) {
            while true {
                if !isFlushed { isFlushed = try handle.flush() }
                if try reading.readAll(of: handle, label, receive) { return stop }
                guard let socket = handle.socket else { throw handle.lost() }
                let outcome = await waitForSocket(
                    socket, isFlushed ? .read : [.read, .write], timeout: (deadline ?? answerDeadline).map { $0 - .now },
                    isCancellable: deadline == nil)
                switch outcome {
                case .value: try handle.consume()
                case .timedOut where deadline != nil: throw PostgresError(.cancelled)
                case .timedOut:
                    let seconds = (configuration.answerLimit ?? .zero) / .seconds(1)
                    throw PostgresError(.connectionLost(reason: "the server has not answered for \(seconds) s", sqlState: nil))
                case .cancelled:
                    switch onCancellation {
                    case .stop:
                        let timeout = configuration.stopTimeout
                        let isTaken = await CancelRequest(for: handle)?.send(timeout: timeout) ?? false
                        stop = isTaken ? .taken : .mayComeLate
                        deadline = .now + timeout
                    case .finish(let duration): deadline = .now + duration
                    }
                }
            }
        } catch {
            throw reading.cause(of: error, on: handle)
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
