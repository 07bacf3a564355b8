extension PostgresConnection {
    /// Whether something stands between this client and the server, such as PgBouncer, that may give each transaction another session.
    ///
    /// The pooler's mode cannot be found out: while no other client uses it, a transaction pool behaves like a session.
    public var isPooled: Bool { handle.isPooled }

    var sessionSettings: SessionSettings { SessionSettings(serverVersion: serverVersion, lockLimit: configuration.lockLimit) }

    /// Runs one statement through a pooler: as a transaction with the settings that this client needs, in one round trip.
    func runPooled(_ query: PostgresQuery, _ onCancellation: OnCancellation) async throws(PostgresError) -> PostgresRows {
        let results: [Result<PostgresRows, PostgresError>]
        do throws(PostgresError) {
            results = try await pipeline(
                [
                    PostgresQuery(verbatim: "BEGIN ISOLATION LEVEL READ COMMITTED"), sessionSettings.ofTransaction, query,
                    PostgresQuery(verbatim: "COMMIT"),
                ], inOneTransaction: true, label: query.label, onCancellation: onCancellation)
            for result in results { _ = try result.get() }
        } catch {
            await rollBack()
            throw PostgresError(error.kind, query: query.label)
        }
        return try results[2].get()
    }
}
