extension PostgresConnection {
    /// Whether something stands between this client and the server, such as PgBouncer, that may give each transaction another session.
    ///
    /// A pooler stands for many sessions, so it invents the key for cancelling queries, and with it the process id that it tells the client. The
    /// backend reports its real process id. The pooler's mode cannot be found out this way: while no other client uses it, a transaction
    /// pool behaves like a session.
    public func isPooled() async throws(PostgresError) -> Bool {
        let backend = try await query(PostgresQuery(named: "postgres.backend", "SELECT pg_backend_pid()")).one().decode(
            at: 0, as: Int32.self)
        return backend != backendID
    }
}
