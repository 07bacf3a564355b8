public import Postgres

extension Interviews {
    /// Takes back a review record that only says that an inspector died or ran out of time, because the recording is looked
    /// into again: the answer is `processing` until then. The record is kept in `dailies.withdrawn_reviews`, and the outbox tells other
    /// programs. Belongs into the transaction that puts the job back.
    /// - Returns: whether there was such a record. Any other stays: it tells of the recording itself.
    @discardableResult
    public func reopen(response id: Int64, reason: String, in connection: PostgresConnection) async throws -> Bool {
        try await connection.query(
            PostgresQuery(named: "responses.reopen", "SELECT dailies.reopen_response(\(id), \(reason))")
        ).one().decode(at: 0)
    }
}
