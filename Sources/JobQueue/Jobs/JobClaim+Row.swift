import FoundationEssentials
import Postgres

extension JobClaim {
    /// Reads the columns of ``JobQueue/claim(worker:kinds:limit:asksForNotification:)`` by position, because a worker reads many rows.
    init(from row: PostgresRow, of worker: UUID) throws(PostgresError) {
        self.init(
            id: try row.decode(at: 0), kind: try row.decode(at: 1), payload: Data(try row.decode(at: 2, as: String.self).utf8),
            attempt: try row.decode(at: 3), worker: worker, failures: try row.decode(at: 4), crashes: try row.decode(at: 5),
            maxAttempts: try row.decode(at: 6))
        self.row = try row.decode(at: 7)
        self.waited = try row.decode(at: 8)
    }
}
