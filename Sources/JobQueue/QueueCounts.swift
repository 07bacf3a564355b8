/// How many jobs stand where. Live jobs are counted exactly, ended ones over the last 24 hours.
public struct QueueCounts: Hashable, Sendable, Codable {
    public var available: Int
    public var running: Int
    public var scheduled: Int
    public var completed: Int
    public var discarded: Int
    public var cancelled: Int
    /// Age of the oldest available job in seconds by the database's clock; `nil` when none waits.
    public var oldestWaitingSeconds: Double?
    /// Workers whose lease holds.
    public var workers: Int

    /// Jobs that are still to be done.
    public var live: Int { available + running + scheduled }

    enum CodingKeys: String, CodingKey {
        case available, running, scheduled, completed, discarded, cancelled
        case oldestWaitingSeconds = "oldest_waiting_seconds"
        case workers
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(available, forKey: .available)
        try values.encode(running, forKey: .running)
        try values.encode(scheduled, forKey: .scheduled)
        try values.encode(completed, forKey: .completed)
        try values.encode(discarded, forKey: .discarded)
        try values.encode(cancelled, forKey: .cancelled)
        try values.encode(oldestWaitingSeconds, forKey: .oldestWaitingSeconds)
        try values.encode(workers, forKey: .workers)
    }
}
