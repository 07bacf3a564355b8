public import FoundationEssentials
public import Postgres

/// A job, live or ended, as lists show it. It holds ids and technical evidence, and nothing about a candidate.
public struct JobRecord: Sendable, Hashable, Encodable {
    public var id: Int64
    public var kind: String
    public var status: JobStatus
    /// The payload's JSON object, as text. It names the response, for example. In a list it is cut after 1,000 characters, with "…" behind them.
    public var payload: String
    /// A lower number is claimed first.
    public var priority: Int
    public var fairKey: Int64
    /// How often it was claimed.
    public var attempt: Int
    /// Attempts that failed because of a fault of ours, since a person last retried the job.
    public var failures: Int
    /// Attempts whose inspector died, since a person last retried the job.
    public var crashes: Int
    public var createdAt: Date
    /// When a scheduled job becomes available; `nil` for any other.
    public var dueAt: Date?
    /// When the running attempt was claimed; `nil` when the job does not run.
    public var claimedAt: Date?
    /// The worker that runs it; `nil` when the job does not run.
    public var worker: String?
    /// Whether a person asked to stop it and its worker has not stopped it yet.
    public var isToStop: Bool
    public var endedAt: Date?
    /// The error of the latest ended attempt; `nil` if it completed.
    public var lastError: String?
    /// The database's clock when this was read. Measure ages from here, never from this host's clock.
    public var readAt: Date

    enum CodingKeys: String, CodingKey {
        case id, kind, status, payload, priority, attempt, failures, crashes, worker
        case fairKey = "fair_key"
        case createdAt = "created_at"
        case dueAt = "due_at"
        case claimedAt = "claimed_at"
        case isToStop = "is_to_stop"
        case endedAt = "ended_at"
        case lastError = "last_error"
        case readAt = "read_at"
    }
}

extension JobRecord: PostgresRowDecodable {
    public init(from row: PostgresRow) throws(PostgresError) {
        id = try row.decode("id")
        kind = try row.decode("kind")
        // The database's CHECK constraints allow no other word.
        status = JobStatus(rawValue: try row.decode("status")) ?? .available
        payload = try row.decode("payload")
        priority = try row.decode("priority")
        fairKey = try row.decode("fair_key")
        attempt = try row.decode("attempt")
        failures = try row.decode("failures")
        crashes = try row.decode("crashes")
        createdAt = try row.decode("created_at")
        dueAt = try row.decode("due_at")
        claimedAt = try row.decode("claimed_at")
        worker = try row.decode("worker")
        isToStop = try row.decode("is_to_stop")
        endedAt = try row.decode("ended_at")
        lastError = try row.decode("last_error")
        readAt = try row.decode("read_at")
    }
}
