import FoundationEssentials
public import Postgres

extension JobClaim: PostgresRowDecodable {
    public init(from row: PostgresRow) throws(PostgresError) {
        self.init(
            id: try row.decode("id"), kind: try row.decode("kind"), payload: Data(try row.decode("payload", as: String.self).utf8),
            attempt: try row.decode("attempt"), failures: try row.decode("failures"), crashes: try row.decode("crashes"),
            maxAttempts: try row.decode("max_attempts"), createdAt: try row.decode("created_at"), claimedAt: try row.decode("claimed_at"))
    }
}

extension QueueCounts: PostgresRowDecodable {
    public init(from row: PostgresRow) throws(PostgresError) {
        self.init(
            available: try row.decode("available"), running: try row.decode("running"), scheduled: try row.decode("scheduled"),
            completed: try row.decode("completed"), discarded: try row.decode("discarded"), cancelled: try row.decode("cancelled"),
            oldestWaitingSeconds: try row.decode("oldest"), workers: try row.decode("workers"))
    }
}
