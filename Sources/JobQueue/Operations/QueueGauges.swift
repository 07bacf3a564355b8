/// The state of the queue in numbers whose cost does not grow with the queue. Made for metrics that many workers are scraped for.
public struct QueueGauges: Sendable, Hashable {
    /// Live jobs by state: `available`, `running`, `scheduled`. Waiting jobs are counted up to ``mostCounted`` of each kind and priority. A
    /// scheduled job whose time has come waits: it counts as `available`.
    public var jobs: [String: Int]
    /// For each priority: for how many seconds the first of the waiting jobs that were counted has waited, by the database's clock. A job that
    /// was put back (by a person, a rescue or a retry) has waited since then, and a scheduled one since its time came. Priorities without
    /// waiting jobs are left out.
    public var oldestWaiting: [Int: Double]
    /// The number of live workers.
    public var workers: Int
    /// The slots of all live workers together.
    public var slots: Int

    /// Enough to see that a queue is long, and counted in some tens of milliseconds.
    public static let mostCounted = 100_000
}
