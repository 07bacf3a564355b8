public import FoundationEssentials

/// What happened in the queue during one hour, by the database's clock.
public struct QueueHour: Sendable, Hashable, Encodable {
    /// The hour's beginning.
    public var hour: Date
    /// Jobs that completed in it.
    public var completed: Int
    /// Jobs that were discarded in it.
    public var discarded: Int
    /// Jobs that were inserted and had not ended at the end of the hour; in the present hour, now. A job that a person retried counts from
    /// its insertion on, also for the time in which it had ended.
    public var live: Int
    /// The age in seconds of the oldest of these jobs; `nil` when there were none.
    public var oldestSeconds: Double?
}
