public import FoundationEssentials
import Postgres

/// How the queue did in one hour, by the database's clock.
public struct QueueHour: Sendable, Hashable, Encodable {
    /// Its beginning.
    public var hour: Date
    /// Jobs that were done in it, and jobs that were given up.
    public var completed: Int
    public var discarded: Int
    /// Jobs that had begun and not ended at its end; in the present hour, now. Jobs that somebody put back count from their first
    /// beginning, also for the time in which they had ended.
    public var live: Int
    /// For how many seconds the oldest of these had been there; `nil` when there were none.
    public var oldestSeconds: Double?
}

extension JobQueue {
    /// The last `count` hours, the present one last, also those in which nothing happened. Reads each job once that is live or ended in
    /// this time.
    public func hours(_ count: Int) async throws -> [QueueHour] {
        try await pool.query(
            PostgresQuery(
                named: "jobs.hours",
                """
                WITH hours AS (
                    SELECT hour, least(hour + interval '1 hour', now()) AS "end"
                    FROM generate_series(date_trunc('hour', now()) - (\(count)::integer - 1) * interval '1 hour', date_trunc('hour', now()),
                                         interval '1 hour') AS h (hour)
                ), groups AS (
                    -- A few thousand at most: by the hours in which jobs began and ended. Those that began before all of it are one.
                    SELECT greatest(date_trunc('hour', created_at), (SELECT min(hour) FROM hours) - interval '1 hour') AS began, ended,
                           outcome, count(*) AS jobs, min(created_at) AS oldest
                    FROM (
                        SELECT created_at, date_trunc('hour', ended_at) AS ended, outcome FROM dailies.job_history
                        WHERE ended_at >= date_trunc('hour', now()) - (\(count)::integer - 1) * interval '1 hour'
                        UNION ALL
                        SELECT created_at, NULL, NULL FROM dailies.jobs
                    ) AS jobs
                    GROUP BY 1, 2, 3
                )
                SELECT h.hour, coalesce(sum(g.jobs) FILTER (WHERE g.ended = h.hour AND g.outcome = 'completed'), 0)::bigint,
                       coalesce(sum(g.jobs) FILTER (WHERE g.ended = h.hour AND g.outcome = 'discarded'), 0)::bigint,
                       coalesce(sum(g.jobs) FILTER (WHERE coalesce(g.ended > h.hour, true)), 0)::bigint,
                       extract(epoch FROM h."end" - min(g.oldest) FILTER (WHERE coalesce(g.ended > h.hour, true)))::float8
                FROM hours h LEFT JOIN groups g ON g.began <= h.hour AND (g.ended >= h.hour OR g.ended IS NULL)
                GROUP BY h.hour, h."end" ORDER BY h.hour
                """)
        ).decode((Date.self, Int.self, Int.self, Int.self, Double?.self))
            .map { QueueHour(hour: $0, completed: $1, discarded: $2, live: $3, oldestSeconds: $4) }
    }
}
