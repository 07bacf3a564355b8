import Postgres

/// What other sessions of the database hold, for metrics. A worker's account is a member of `pg_read_all_stats`, so it sees them.
struct TransactionGauges: Sendable {
    /// How full the server's queue of notifications is, from 0 to 1.
    var notificationQueue: Double
    /// The age of the oldest transaction in this database whose session is idle, in seconds; 0 without one, and `nil` where the account may not
    /// see other accounts' sessions.
    var oldestIdle: Double?
    /// The age of the oldest prepared transaction of this database, in seconds; 0 without one.
    var oldestPrepared: Double

    static func read(_ pool: PostgresPool) async throws -> TransactionGauges {
        let row = try await pool.query(
            PostgresQuery(
                named: "metrics.transactions",
                """
                SELECT pg_notification_queue_usage() AS notification_queue,
                       CASE WHEN pg_has_role('pg_read_all_stats', 'USAGE') THEN (
                           SELECT coalesce(greatest(0, extract(epoch FROM max(now() - a.xact_start))), 0)::float8 FROM pg_stat_activity a
                           WHERE a.datname = current_database() AND a.state LIKE 'idle in transaction%') END AS oldest_idle,
                       (SELECT coalesce(greatest(0, extract(epoch FROM max(now() - p.prepared))), 0)::float8 FROM pg_prepared_xacts p
                        WHERE p.database = current_database()) AS oldest_prepared
                """)
        ).one()
        return TransactionGauges(
            notificationQueue: try row.decode("notification_queue"), oldestIdle: try row.decode("oldest_idle"),
            oldestPrepared: try row.decode("oldest_prepared"))
    }
}
