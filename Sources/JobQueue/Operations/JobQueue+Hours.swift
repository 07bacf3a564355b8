import FoundationEssentials
import Postgres

extension JobQueue {
    /// The last `count` hours, the present one last. Hours in which nothing happened are included. Reads each live job, and each job that
    /// ended in this time, once.
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
