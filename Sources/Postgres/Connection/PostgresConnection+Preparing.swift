extension PostgresConnection {
    /// The name under which this session has prepared the query; prepares it if it is time. `nil` when the query is sent as text. Only
    /// queries with a name are prepared, because their text is fixed in the program.
    func preparedName(of query: PostgresQuery, _ sql: String, onCancellation: OnCancellation) async throws(PostgresError) -> String? {
        // Behind a pooler the next query may use another session.
        guard configuration.preparesStatements, query.name != nil, !isPooled else { return nil }
        switch statements.step(for: sql) {
        case .plain: return nil
        case .prepared(let name): return name
        case .prepare(let name):
            try await prepare(query, as: name, onCancellation: onCancellation)
            statements.keep(name, for: sql)
            return name
        }
    }

    private func prepare(_ query: PostgresQuery, as name: String, onCancellation: OnCancellation) async throws(PostgresError) {
        var answer = StatementAnswer(to: query.sql, label: query.label)
        let wasStopped = try await exchange(query.label, onCancellation: onCancellation) { handle throws(PostgresError) in
            try handle.send(preparing: query, as: name)
        } receive: { result throws(PostgresError) in
            try answer.take(result)
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
