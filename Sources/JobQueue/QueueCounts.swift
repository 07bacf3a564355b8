public import NullableJSON
public import Postgres

/// How many jobs are in each state. Live jobs are counted exactly, ended ones over the last 24 hours.
public struct QueueCounts: Hashable, Sendable, Encodable {
    public var available: Int
    public var running: Int
    public var scheduled: Int
    public var completed: Int
    public var discarded: Int
    public var cancelled: Int
    /// The age of the oldest available job in seconds, by the database's clock; `nil` when none waits.
    @OrNull public var oldestWaitingSeconds: Double?
    /// The number of live workers.
    public var workers: Int

    /// Jobs that have not ended.
    public var live: Int { available + running + scheduled }

    enum CodingKeys: String, CodingKey {
        case available, running, scheduled, completed, discarded, cancelled
        case oldestWaitingSeconds = "oldest_waiting_seconds"
        case workers
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
