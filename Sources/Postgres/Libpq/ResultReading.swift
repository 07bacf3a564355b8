/// Reads the results of what was sent, and notices when the server has ended the session or its answers make no sense.
///
/// libpq itself goes on in such a case: it tells that there is nothing, for ever and without waiting.
struct ResultReading {
    /// The server's last error, if with that it has ended the session.
    private var farewell: ServerError?
    /// In a row. libpq tells one end after each query.
    private var ends = 0
    private static let mostEnds = 3

    /// Hands what is there to `receive`, until that has the last one.
    /// - Returns: whether it has; otherwise wait for the socket.
    mutating func readAll(
        of handle: LibpqHandle, _ label: String?, _ receive: (LibpqResult?) throws(PostgresError) -> Bool
    ) throws(PostgresError) -> Bool {
        while !handle.isBusy {
            let result = handle.nextResult(query: label)
            switch result {
            case .unsupported(let what): throw PostgresError(.misuse("\(what) is not supported"))
            case .failure(let error) where error.endsSession: farewell = error
            // The server's errors have a state; this one is libpq's own.
            case .failure(let error) where error.sqlState.rawValue.isEmpty:
                throw PostgresError(.connectionLost(reason: error.message.inOneLine, sqlState: nil))
            default: break
            }
            if try receive(result) {
                guard !handle.isBroken, farewell == nil else { throw handle.lost() }
                return true
            }
            ends = result == nil ? ends + 1 : 0
            guard ends < Self.mostEnds else { throw handle.isBroken ? handle.lost() : .outOfStep("fewer results than queries") }
        }
        return false
    }

    /// Why an exchange really failed: a lost connection is told by the server's last words, if there were any.
    func cause(of error: PostgresError, on handle: LibpqHandle) -> PostgresError {
        guard error.isConnectionLost else { return error }
        if let farewell { return PostgresError(.connectionLost(reason: farewell.safeMessage, sqlState: farewell.sqlState)) }
        return handle.isBroken && error.sqlState == nil ? handle.lastWords() : error
    }
}

extension PostgresError {
    /// The server's answers do not fit to what was sent, so nothing that comes on this connection can be believed.
    static func outOfStep(_ what: String) -> PostgresError {
        PostgresError(.connectionLost(reason: "the server's answer is out of step: \(what)", sqlState: nil))
    }
}
