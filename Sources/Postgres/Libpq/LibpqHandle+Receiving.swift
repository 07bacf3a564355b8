import CLibpq

extension LibpqHandle {
    /// Reads what the socket holds, without waiting.
    func consume() throws(PostgresError) {
        // A TLS record may be larger than the space that libpq offers to one read, and what stays behind in the TLS library
        // never makes the socket readable again. The second call fetches it; otherwise it finds nothing.
        for _ in 0..<(usesTLS ? 2 : 1) {
            guard unsafe PQconsumeInput(connection) == 1 else { throw lost() }
        }
    }

    /// True while ``nextResult(query:)`` would have to wait.
    var isBusy: Bool {
        unsafe PQisBusy(connection) != 0
    }

    /// The next result of what was sent; nil at the end of a query. Call it only while not ``isBusy``.
    func nextResult(query: String?) -> LibpqResult? {
        guard let result = unsafe PQgetResult(connection) else { return nil }
        defer { unsafe PQclear(result) }
        return unsafe LibpqResult(reading: result, query: query)
    }

    /// After the connection broke: the last error that the server may have sent.
    func lastWords() -> PostgresError {
        let loss = lost()
        // PQgetResult does not wait on a connection whose socket is gone. The bound only guards against a surprise.
        for _ in 0..<16 where socket == nil {
            if case .failure(let error) = nextResult(query: nil), !error.sqlState.rawValue.isEmpty {
                return PostgresError(.connectionLost(reason: error.safeMessage, sqlState: error.sqlState))
            }
        }
        return loss
    }

    /// Drops notifications that this client did not ask for. Behind a pooler another client may have used LISTEN on the session, and libpq keeps
    /// every notification until it is read.
    func dropNotifications() {
        while nextNotification() != nil {}
    }

    /// A notification that has already been read.
    func nextNotification() -> PostgresNotification? {
        guard let notification = unsafe PQnotifies(connection) else { return nil }
        defer { unsafe PQfreemem(notification) }
        return PostgresNotification(
            channel: unsafe String(cString: notification.pointee.relname), payload: unsafe String(cString: notification.pointee.extra),
            backendID: unsafe notification.pointee.be_pid)
    }

    /// Waits on this thread, which must not be one of Swift's cooperative pool, for the whole answer to what was sent.
    /// - Returns: false when the time is over.
    func receive(
        _ answer: inout StatementAnswer, _ label: String, until deadline: ContinuousClock.Instant
    ) throws(PostgresError) -> Bool {
        var reading = ResultReading()
        do throws(PostgresError) {
            var isFlushed = false
            while true {
                if !isFlushed { isFlushed = try flush() }
                if try reading.readAll(of: self, label, { result throws(PostgresError) in try answer.take(result) }) { return true }
                guard let socket else { throw lost() }
                let milliseconds = Int32(clamping: Int64(((deadline - .now) / .milliseconds(1)).rounded(.up)))
                guard milliseconds > 0, (isFlushed ? SocketInterest.read : [.read, .write]).poll(socket, milliseconds: milliseconds) else {
                    return false
                }
                try consume()
            }
        } catch {
            throw reading.cause(of: error, on: self)
        }
    }
}
