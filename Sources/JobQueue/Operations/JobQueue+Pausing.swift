import FoundationEssentials
import Postgres

extension JobQueue {
    /// Pauses one kind of job, or all kinds. Running jobs go on, no job is claimed, and jobs may be inserted. The pause is kept in the
    /// database, so it holds for all workers and after restarts. Pausing again only changes the reason.
    public func pause(kind: String?, reason: String?) async throws {
        try await pool.execute(
            PostgresQuery(
                named: "queue.pause",
                """
                INSERT INTO dailies.queue_pauses (kind, why) VALUES (\(kind), \(reason))
                ON CONFLICT (kind) DO UPDATE SET why = coalesce(excluded.why, queue_pauses.why)
                """))
    }

    /// Ends the pause of one kind, or all pauses, and notifies the workers.
    /// - Returns: how many pauses were ended.
    public func resume(kind: String?) async throws -> Int {
        try await pool.query(
            PostgresQuery(
                named: "queue.resume",
                """
                WITH ended AS (DELETE FROM dailies.queue_pauses WHERE \(kind)::text IS NULL OR kind = \(kind) RETURNING kind)
                SELECT count(*), dailies.wake_workers(\(Self.channel))::text FROM ended
                """)
        ).one().decode(at: 0)
    }

    /// The present pauses; the pause of all kinds comes first.
    public func pauses() async throws -> [QueuePause] {
        try await pool.query(
            PostgresQuery(
                named: "queue.pauses",
                """
                SELECT kind, why, paused_at, extract(epoch FROM now() - paused_at)::float8
                FROM dailies.queue_pauses ORDER BY kind NULLS FIRST
                """)
        ).decode((String?.self, String?.self, Date.self, Double.self)).map {
            QueuePause(kind: $0, reason: $1, since: $2, seconds: $3)
        }
    }
}
