public import FoundationEssentials
import Postgres

/// A pause of the queue, which lasts until somebody ends it.
public struct QueuePause: Sendable, Hashable, Encodable {
    /// `nil`: jobs of every kind.
    public var kind: String?
    public var reason: String?
    public var since: Date
    /// How long ago that was by the database's clock.
    public var seconds: Double
}

extension JobQueue {
    /// Pauses jobs of one kind, or of all: what runs goes on, nothing new is claimed, inserting goes on. It is in the database, so it
    /// holds for every worker, and outlasts them all. Pausing what is paused only changes the reason.
    public func pause(kind: String?, reason: String?) async throws {
        try await pool.execute(
            PostgresQuery(
                named: "queue.pause",
                """
                INSERT INTO dailies.queue_pauses (kind, why) VALUES (\(kind), \(reason))
                ON CONFLICT (kind) DO UPDATE SET why = coalesce(excluded.why, queue_pauses.why)
                """))
    }

    /// Ends the pause of one kind, or every pause, and wakes the workers.
    /// - Returns: how many pauses that were.
    public func resume(kind: String?) async throws -> Int {
        try await pool.query(
            PostgresQuery(
                named: "queue.resume",
                """
                WITH ended AS (DELETE FROM dailies.queue_pauses WHERE \(kind)::text IS NULL OR kind = \(kind) RETURNING kind)
                SELECT count(*), pg_notify(\(Self.channel), '')::text FROM ended
                """)
        ).one().decode(at: 0)
    }

    /// The pauses of now, that of all kinds first.
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
