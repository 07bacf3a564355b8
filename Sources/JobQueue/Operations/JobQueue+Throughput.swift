public import FoundationEssentials
import Postgres

/// How many jobs ended in one hour.
public struct JobThroughput: Sendable, Hashable, Encodable {
    /// The hour's beginning.
    public var hour: Date
    public var completed: Int
    /// Given up.
    public var discarded: Int
}

extension JobQueue {
    /// The last `hours` hours by the database's clock, the present one last, also those in which nothing ended.
    public func throughput(hours: Int) async throws -> [JobThroughput] {
        try await pool.query(
            PostgresQuery(
                named: "jobs.throughput",
                """
                SELECT h.hour, coalesce(n.completed, 0), coalesce(n.discarded, 0)
                FROM generate_series(date_trunc('hour', now()) - (\(hours)::integer - 1) * interval '1 hour', date_trunc('hour', now()),
                                     interval '1 hour') AS h (hour)
                LEFT JOIN (
                    SELECT date_trunc('hour', ended_at) AS hour, count(*) FILTER (WHERE outcome = 'completed') AS completed,
                           count(*) FILTER (WHERE outcome = 'discarded') AS discarded
                    FROM dailies.job_history
                    WHERE ended_at >= date_trunc('hour', now()) - (\(hours)::integer - 1) * interval '1 hour'
                    GROUP BY 1
                ) AS n ON n.hour = h.hour
                ORDER BY h.hour
                """)
        ).decode((Date.self, Int.self, Int.self)).map { JobThroughput(hour: $0, completed: $1, discarded: $2) }
    }
}
