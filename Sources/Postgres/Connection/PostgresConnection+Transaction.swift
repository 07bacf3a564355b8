extension PostgresConnection {
    /// Runs `body` in a transaction: commits when it returns, rolls back when it throws.
    ///
    /// Cancellation rolls back as long as `body` runs; a COMMIT that has been sent is waited for.
    ///
    /// - Parameters:
    ///   - isolation: nil for the database's default, which is read committed.
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
                let pause = Backoff(first: .milliseconds(10), most: .seconds(1)).delay(after: attempt)
                do { try await Task.sleep(for: pause) } catch { throw PostgresError(.cancelled) }
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
        let level = isolation.map { " ISOLATION LEVEL \($0.rawValue)" } ?? ""
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
        guard let limit = configuration.transactionIdleLimit else {
            try await query(PostgresQuery(verbatim: statement))
            return
        }
        // Only for this transaction, because behind a pooler other clients use the session too. In the same message, so that it costs no round trip.
        let milliseconds = max(1, Int(limit / .milliseconds(1)))
        try await script("\(statement); SET LOCAL idle_in_transaction_session_timeout = \(milliseconds)", named: statement)
    }

    private func commit() async throws(PostgresError) {
        do {
            _ = try await query("COMMIT", onCancellation: .finish(within: Self.commitGrace))
        } catch  where isBroken {
            throw PostgresError(.commitOutcomeUnknown(reason: error.reason))
        }
    }

    private func rollBack() async {
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
