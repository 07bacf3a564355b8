extension PostgresConnection {
    /// The name under which this session has prepared the query; prepares it if it is time. `nil` when the query is sent as text. Only
    /// queries with a name are prepared, because their text is fixed in the program.
    func preparedName(of query: PostgresQuery, _ sql: String, onCancellation: OnCancellation) async throws(PostgresError) -> String? {
        guard configuration.preparesStatements, query.name != nil else { return nil }
        switch statements.step(for: sql) {
        case .plain: return nil
        case .prepared(let name): return name
        case .prepare(let name):
            guard try await holdsSession() else { return nil }
            try await prepare(query, as: name, onCancellation: onCancellation)
            statements.keep(name, for: sql)
            return name
        }
    }

    /// Whether a prepared statement is there for the next query. Behind a pooler the next query may use another session.
    private func holdsSession() async throws(PostgresError) -> Bool {
        if let isDirect { return isDirect }
        let isPooled = try await isPooled()
        if !isPooled { try await planOnce() }
        isDirect = !isPooled
        return !isPooled
    }

    /// Has the server plan what is prepared once, for all values. By itself it plans each statement five times more, for the values of each
    /// time, before it decides whether to go on like that.
    private func planOnce() async throws(PostgresError) {
        try await query("SELECT set_config('plan_cache_mode', 'force_generic_plan', false)")
    }

    private func prepare(_ query: PostgresQuery, as name: String, onCancellation: OnCancellation) async throws(PostgresError) {
        var answer = StatementAnswer(to: query.sql, label: query.label)
        let wasStopped = try await exchange(query.label, onCancellation: onCancellation) { handle throws(PostgresError) in
            try handle.send(preparing: query, as: name)
        } receive: { result in
            answer.take(result)
        }
        _ = try answer.get(wasStopped: wasStopped)
    }
}

extension ServerError {
    /// Whether the prepared statement is missing, or made for tables or views that have changed since. Nothing was run, so the query is sent as
    /// text.
    var isAboutPreparedStatement: Bool {
        sqlState == .invalidStatementName || sqlState == .featureNotSupported
    }
}
