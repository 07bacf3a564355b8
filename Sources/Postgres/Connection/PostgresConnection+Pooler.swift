extension PostgresConnection {
    /// Whether something stands between this client and the server, such as PgBouncer, that may give each transaction another session.
    ///
    /// A pooler answers for many servers' sessions at once, so it makes up the key by which a client may cancel its queries, and with
    /// it the process id that the client is told; the backend itself knows better. Which mode the pooler is in cannot be asked over
    /// such a connection: while nobody else uses it, a transaction pool behaves like a session.
    public func isPooled() async throws(PostgresError) -> Bool {
        let backend = try await query(PostgresQuery(named: "postgres.backend", "SELECT pg_backend_pid()")).one().decode(
            at: 0, as: Int32.self)
        return backend != backendID
    }
}
