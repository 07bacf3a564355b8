public import FoundationEssentials
public import Postgres

/// One line of a job's timeline: an attempt that has ended, or what a person did to the job.
public struct JobEvent: Sendable, Hashable, Encodable {
    /// The attempt, or the latest one before a person's deed.
    public var attempt: Int
    /// Who had it; `nil` for what was done by hand, and when the worker's name is no longer known.
    public var worker: String?
    /// When it was claimed; `nil` for what was done by hand.
    public var from: Date?
    public var to: Date?
    /// `completed`, `discarded`, `cancelled`, `retried`, `crashed`, `snoozed`, `released`, `rescued`; by hand also `put_back`.
    public var outcome: String
    /// What went wrong, or why a person did it; below the first line stands evidence, such as an inspector's last words.
    public var error: String?

    /// Whether a person did it, and no worker.
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
