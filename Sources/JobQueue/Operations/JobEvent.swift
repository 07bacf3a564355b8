public import FoundationEssentials
public import Postgres

/// One entry of a job's timeline: an attempt that has ended, or what a person did to the job.
public struct JobEvent: Sendable, Hashable, Encodable {
    /// The number of the attempt. For what a person did: of the latest attempt before.
    public var attempt: Int
    /// The worker's name; `nil` for what a person did, and when the name is no longer known.
    public var worker: String?
    /// When the job was claimed; `nil` for what a person did.
    public var from: Date?
    public var to: Date?
    /// `completed`, `discarded`, `cancelled`, `retried`, `crashed`, `snoozed`, `released` or `rescued`. `put_back` means that a person retried
    /// a job that had ended.
    public var outcome: String
    /// What went wrong, or the reason that a person gave. The lines below the first hold evidence, such as the inspector's last log lines.
    public var error: String?

    /// Whether a person did it, not a worker.
    public var isByHand: Bool { from == nil }
}

extension JobEvent: PostgresRowDecodable {
    public init(from row: PostgresRow) throws(PostgresError) {
        attempt = try row.decode("attempt")
        worker = try row.decode("worker")
        from = try row.decode("from")
        to = try row.decode("to")
        outcome = try row.decode("outcome")
        error = try row.decode("error")
    }
}
