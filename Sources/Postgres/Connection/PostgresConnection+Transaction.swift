extension PostgresConnection {
    /// Runs `body` in a transaction: commits when it returns, rolls back when it throws.
    ///
    /// Cancellation rolls back as long as `body` runs; a COMMIT that has been sent is waited for.
    ///
    /// - Parameters:
    ///   - isolation: nil for read committed.
    ///   - readOnly: Makes the server refuse to write.
    ///   - attempts: How often the transaction is tried when it loses against another one (serialization failure, deadlock). With more
    ///     than one, `body` must do nothing but database work, for it runs again from its beginning.
    /// - Throws: What `body` throws; ``PostgresError/Kind/commitOutcomeUnknown(reason:)`` when the connection broke while COMMIT was
    ///   under way; ``PostgresError/Kind/rolledBack`` when `body` returned although a statement in it had failed.
    public func transaction<Value>(
        isolation: TransactionIsolation? = nil, readOnly: Bool = false, attempts: Int = 1,
        _ body: (PostgresConnection) async throws -> Value
    ) async throws -> Value {
        var attempt = 1
        while true {
            do {
                return try await transactionOnce(isolation, readOnly, body)
            } catch let error as PostgresError where error.isConflict && attempt < attempts {
                // With jitter, so that two transactions in conflict do not meet again.
                try await Backoff.conflict.pause(after: attempt)
                attempt += 1
            }
        }
    }

    private func transactionOnce<Value>(
        _ isolation: TransactionIsolation?, _ readOnly: Bool, _ body: (PostgresConnection) async throws -> Value
    ) async throws -> Value {
        guard handle.transactionStatus != .inTransaction, handle.transactionStatus != .inFailedTransaction else {
            throw PostgresError(.misuse("a transaction is already open on this connection"))
        }
        // A session of this client's own is set up for read committed already.
        let level = (isolation ?? (isPooled ? .readCommitted : nil)).map { " ISOLATION LEVEL \($0.rawValue)" } ?? ""
        let value: Value
        do {
            try await begin("BEGIN\(level)\(readOnly ? " READ ONLY" : "")")
            value = try await body(self)
        } catch {
            await rollBack()
            throw error
        }
        try await commit()
        return value
    }

    private func begin(_ statement: String) async throws(PostgresError) {
        var script = [statement]
        // Only for this transaction, because behind a pooler other clients use the session too. In the same message, so that it costs no round trip.
        if isPooled { script.append(sessionSettings.scriptOfTransaction) }
        if let limit = configuration.transactionIdleLimit {
            script.append("SET LOCAL idle_in_transaction_session_timeout = \(max(1, Int(limit / .milliseconds(1))))")
        }
        guard script.count > 1 else {
            try await query(PostgresQuery(verbatim: statement))
            return
        }
        try await self.script(script.joined(separator: "; "), named: statement)
    }

    private func commit() async throws(PostgresError) {
        do {
            _ = try await query("COMMIT", onCancellation: .finish(within: Self.commitGrace))
        } catch  where isBroken {
            throw PostgresError(.commitOutcomeUnknown(reason: error.reason))
        }
    }

    /// Ends a transaction, if one is open.
    func rollBack() async {
        guard !isBroken, handle.transactionStatus != .idle else { return }
        do {
            _ = try await query("ROLLBACK", onCancellation: .finish(within: Self.rollbackGrace))
        } catch {
            // A connection that cannot roll back is broken, and then the server rolls back. The body's error is the one to throw.
        }
    }

    /// How long to wait for COMMIT after a cancellation. Its outcome is more important than a quick end.
    private static let commitGrace = Duration.seconds(30)
    private static let rollbackGrace = Duration.seconds(10)
}

extension PostgresError {
    fileprivate var reason: String {
        switch kind {
        case .connectionLost(let reason, _): reason
        case .cancelled: "the server did not answer in time"
        default: description
        }
    }
}
