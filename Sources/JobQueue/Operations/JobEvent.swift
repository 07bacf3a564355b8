public import FoundationEssentials
public import Postgres

/// One entry of a job's timeline: an attempt that has ended, what a person did to the job, or how many entries are left out. A timeline keeps
/// its first 3 entries and its last 20.
public struct JobEvent: Sendable, Hashable, Encodable {
    /// The number of the attempt. For what a person did: of the latest attempt before. For entries that are left out: of the last one.
    public var attempt: Int
    /// The worker's name; `nil` for what a person did, and when the name is no longer known.
    public var worker: String?
    /// When the job was claimed; `nil` for what a person did.
    public var from: Date?
    public var to: Date?
    /// `completed`, `discarded`, `cancelled`, `retried`, `crashed`, `snoozed`, `released` or `rescued`. `put_back` means that a person retried
    /// a job that had ended. `left_out` stands for several entries, from the first one's beginning to the last one's end.
    public var outcome: String
    /// For `left_out`: how many entries.
    public var count: Int?
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
        count = try row.decode("count")
        error = try row.decode("error")
    }
}
