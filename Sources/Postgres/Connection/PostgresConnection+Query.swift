extension PostgresConnection {
    /// Runs one statement and returns its rows, all of them in memory. Outside a transaction it is committed when this returns; behind a
    /// pooler (``isPooled``) it then gets a transaction of its own, so that it has this client's settings.
    ///
    /// - Throws: ``PostgresError/Kind/server(_:)`` when the server refuses it or its commit, ``PostgresError/Kind/rolledBack`` when it is the
    ///   COMMIT of a transaction that had failed, and the other kinds as they say. After
    ///   ``PostgresError/Kind/connectionLost(reason:sqlState:)`` it is not known whether a statement outside a transaction took effect.
    @discardableResult
    public func query(_ query: PostgresQuery) async throws(PostgresError) -> PostgresRows {
        try await self.query(query, onCancellation: .stop)
    }

    /// Runs one statement and reads all columns of each row:
    /// `for (id, name) in try await connection.query("SELECT …", as: (Int.self, String?.self))`.
    public func query<each Value: PostgresDecodable>(
        _ query: PostgresQuery, as types: (repeat (each Value).Type)
    ) async throws(PostgresError) -> [(repeat each Value)] {
        try await self.query(query).decode((repeat each types))
    }

    /// Runs one statement and makes a value of each row.
    public func query<Value: PostgresRowDecodable>(_ query: PostgresQuery, as type: Value.Type) async throws(PostgresError) -> [Value] {
        try await self.query(query).decode(type)
    }

    /// Runs one statement for its effect.
    ///
    /// - Returns: The number of rows that it affected; 0 for a statement that does not count any.
    @discardableResult
    public func execute(_ query: PostgresQuery) async throws(PostgresError) -> Int {
        try await self.query(query).affectedRows ?? 0
    }

    /// Runs the text of a script: any number of statements, separated by semicolons, without binds. Unless it holds transaction
    /// commands of its own, or a transaction is open, the whole script is one transaction.
    ///
    /// - Throws: The error of the statement that fails, or of the commit at the end; the statements after it are not run.
    public func script(_ sql: String, named name: String? = nil) async throws(PostgresError) {
        let label = name ?? "script"
        var answer = StatementAnswer(to: sql, label: label, isScript: true)
        let wasStopped = try await exchange(label, onCancellation: .stop) { handle throws(PostgresError) in
            try handle.send(script: sql)
        } receive: { result throws(PostgresError) in
            try answer.take(result)
        }
        _ = try answer.get(wasStopped: wasStopped)
    }

    package func query(_ query: PostgresQuery, onCancellation: OnCancellation) async throws(PostgresError) -> PostgresRows {
        if isPooled, handle.transactionStatus == .idle { return try await runPooled(query, onCancellation) }
        let sql = query.sql
        guard let name = try await preparedName(of: query, sql, onCancellation: onCancellation) else {
            return try await run(query, onCancellation) { handle throws(PostgresError) in try handle.send(query) }
        }
        do throws(PostgresError) {
            return try await run(query, onCancellation) { handle throws(PostgresError) in try handle.send(query, preparedAs: name) }
        } catch {
            guard case .server(let refusal) = error.kind, refusal.isAboutPreparedStatement else { throw error }
            statements.forget(sql)
            // The error has failed the transaction, and the code that began it decides what to do.
            guard handle.transactionStatus == .idle else { throw error }
            return try await run(query, onCancellation) { handle throws(PostgresError) in try handle.send(query) }
        }
    }

    private func run(
        _ query: PostgresQuery, _ onCancellation: OnCancellation, send: (LibpqHandle) throws(PostgresError) -> Void
    ) async throws(PostgresError) -> PostgresRows {
        let label = query.label
        var answer = StatementAnswer(to: query.sql, label: label)
        let wasStopped = try await exchange(label, onCancellation: onCancellation, send: send) { result throws(PostgresError) in
            try answer.take(result)
        }
        return try answer.get(wasStopped: wasStopped)
    }
}

extension PostgresError {
    /// The server's error. A query that was stopped on request counts as cancelled.
    static func answer(_ error: ServerError, wasStopped: Bool, _ label: String?) -> PostgresError {
        PostgresError(wasStopped && error.sqlState == .queryCanceled ? .cancelled : .server(error), query: label)
    }
}
