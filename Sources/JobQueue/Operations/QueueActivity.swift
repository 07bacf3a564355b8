/// What happens in the queue at one moment, for people who watch it.
public struct QueueActivity: Sendable, Hashable {
    public var gauges: QueueGauges
    /// Sorted by name.
    public var workers: [LiveWorker]
    /// Jobs that completed within the last minute.
    public var completedInMinute: Int
    /// Jobs that were discarded within the last minute.
    public var discardedInMinute: Int
    public var pauses: [QueuePause]
    /// What workers say keeps them from working, sorted by their names.
    public var troubles: [WorkerTrouble] = []
}

extension QueueActivity: Encodable {
    private enum CodingKeys: String, CodingKey {
        case waiting, running, scheduled, workers, pauses, troubles
        case oldestWaitingSeconds = "oldest_waiting_seconds"
        case completedInMinute = "completed_in_minute"
        case discardedInMinute = "discarded_in_minute"
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(gauges.jobs["available"] ?? 0, forKey: .waiting)
        try values.encode(gauges.jobs["running"] ?? 0, forKey: .running)
        try values.encode(gauges.jobs["scheduled"] ?? 0, forKey: .scheduled)
        try values.encode(gauges.oldestWaiting.values.max(), forKey: .oldestWaitingSeconds)
        try values.encode(completedInMinute, forKey: .completedInMinute)
        try values.encode(discardedInMinute, forKey: .discardedInMinute)
        try values.encode(workers, forKey: .workers)
        try values.encode(pauses, forKey: .pauses)
        try values.encode(troubles, forKey: .troubles)
    }
}
