import Postgres

extension JobQueue {
    /// Reads the queue's activity. Waiting jobs are counted as in ``gauges()``. Jobs that ended within the last minute are searched for in the
    /// history, which takes some milliseconds for each hundred thousand jobs of today. A caller that repeats this should wait between two
    /// calls for much longer than one call takes.
    public func activity() async throws -> QueueActivity {
        let workers = try await pool.query(
            PostgresQuery(
                named: "workers.live",
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
            gauges: try await gauges(),
            workers: workers.map { LiveWorker(name: $0, version: $1, slots: $2, busy: $3, seconds: max(0, $4)) },
            completedInMinute: completed, discardedInMinute: discarded, pauses: try await pauses(), troubles: try await troubles())
    }
}
