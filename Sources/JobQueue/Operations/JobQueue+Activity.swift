import Postgres

/// A worker whose lease holds.
public struct LivingWorker: Sendable, Hashable, Encodable {
    /// Host and process.
    public var name: String
    public var version: String
    public var slots: Int
    /// Jobs that it works on.
    public var busy: Int
    /// Since its start, by the database's clock.
    public var seconds: Double
}

/// What goes on in the queue at one moment, for people who watch it.
public struct QueueActivity: Sendable, Hashable {
    public var pulse: QueuePulse
    /// By name.
    public var workers: [LivingWorker]
    /// Jobs that ended within the last minute.
    public var completedInMinute: Int
    /// Given up, within the last minute.
    public var discardedInMinute: Int
    public var pauses: [QueuePause]
}

extension JobQueue {
    /// Looks at the queue. What waits is counted as for ``pulse()``; what ended within the minute is searched for in the history, which costs
    /// milliseconds for each hundred thousand jobs of today: whoever looks again and again leaves pauses that are much longer than the looks.
    public func activity() async throws -> QueueActivity {
        let workers = try await pool.query(
            PostgresQuery(
                named: "workers.living",
                """
                SELECT w.name, w.version, w.slots::bigint,
                       (SELECT count(*) FROM dailies.claims c, unnest(c.job_ids) AS id JOIN dailies.jobs j USING (id)
                        WHERE c.worker_id = w.id AND j.state = 'running' AND j.worker_id = w.id) AS busy,
                       extract(epoch FROM now() - w.started_at)::float8 AS seconds
                FROM dailies.workers w WHERE w.beaten_at >= now() - w.lease ORDER BY w.name
                """)
        ).decode((String.self, String.self, Int.self, Int.self, Double.self))
        let (completed, discarded) = try await pool.query(
            PostgresQuery(
                named: "jobs.ended_in_minute",
                """
                SELECT count(*) FILTER (WHERE outcome = 'completed'), count(*) FILTER (WHERE outcome = 'discarded')
                FROM dailies.job_history WHERE ended_at > now() - interval '1 minute'
                """)
        ).decode((Int.self, Int.self))[0]
        return QueueActivity(
            pulse: try await pulse(),
            workers: workers.map { LivingWorker(name: $0, version: $1, slots: $2, busy: $3, seconds: max(0, $4)) },
            completedInMinute: completed, discardedInMinute: discarded, pauses: try await pauses())
    }
}

extension QueueActivity: Encodable {
    private enum CodingKeys: String, CodingKey {
        case waiting, running, scheduled, workers, pauses
        case oldestWaitingSeconds = "oldest_waiting_seconds"
        case completedInMinute = "completed_in_minute"
        case discardedInMinute = "discarded_in_minute"
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(pulse.jobs["available"] ?? 0, forKey: .waiting)
        try values.encode(pulse.jobs["running"] ?? 0, forKey: .running)
        try values.encode(pulse.jobs["scheduled"] ?? 0, forKey: .scheduled)
        try values.encode(pulse.oldestWaiting.values.max(), forKey: .oldestWaitingSeconds)
        try values.encode(completedInMinute, forKey: .completedInMinute)
        try values.encode(discardedInMinute, forKey: .discardedInMinute)
        try values.encode(workers, forKey: .workers)
        try values.encode(pauses, forKey: .pauses)
    }
}
