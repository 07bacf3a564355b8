import ForeignText
import FoundationEssentials
import Postgres

/// What other sessions hold: locks, snapshots, WAL, notifications. Only members of `pg_read_all_stats` see other accounts' sessions.
extension Examination {
    /// From when on each thing is told.
    struct TransactionLimits {
        /// Nothing of Dailies stands idle in a transaction, or leaves a prepared one, for longer than some seconds.
        var idle = Duration.seconds(300)
        /// A dump of a large database takes its time.
        var snapshot = Duration.seconds(3600)
        var retainedWALBytes: Int64 = 1 << 30
        var notificationQueue = 0.5
    }

    func transactions(_ connection: PostgresConnection, limits: TransactionLimits = TransactionLimits()) async throws -> [Finding] {
        var found = try await sessions(connection, limits)
        found += try await preparedTransactions(connection, limits)
        found += try await replicationSlots(connection, limits)
        let usage: Double = try await connection.query(
            PostgresQuery(named: "doctor.notification_queue", "SELECT pg_notification_queue_usage()")
        ).one().decode(at: 0)
        if usage > limits.notificationQueue { found.append(Self.notificationQueue(usage)) }
        return found.isEmpty ? [.fine("transactions", "none is in the way")] : found
    }

    /// A session of another program, as `pg_stat_activity` shows it.
    struct Session {
        var pid: Int
        var account: String
        var application: String
        var seconds: Double
        var isIdle: Bool
        /// Whether it has written something, so that it holds locks on rows.
        var hasWritten: Bool
        /// By how many transactions its snapshot is behind.
        var snapshotAge: Int?
        var statement: StatementBeginning
    }

    private func sessions(_ connection: PostgresConnection, _ limits: TransactionLimits) async throws -> [Finding] {
        let seesAll: Bool = try await connection.query(
            PostgresQuery(
                named: "doctor.sees_sessions",
                "SELECT pg_has_role('pg_read_all_stats', 'USAGE')")
        ).one().decode(at: 0)
        let rows = try await connection.query(
            PostgresQuery(
                named: "doctor.sessions",
                """
                SELECT a.pid, coalesce(a.usename, ''), a.application_name, extract(epoch FROM now() - a.xact_start)::float8,
                       a.state LIKE 'idle in transaction%', a.backend_xid IS NOT NULL, age(a.backend_xmin), left(a.query, 200)
                FROM pg_stat_activity a
                WHERE a.datname = current_database() AND a.pid <> pg_backend_pid() AND a.backend_type = 'client backend'
                  AND a.xact_start < now() - CASE WHEN a.state LIKE 'idle in transaction%' THEN \(limits.idle)::interval
                                                  ELSE \(limits.snapshot)::interval END
                ORDER BY a.xact_start LIMIT 10
                """))
        let sessions = try rows.decode(
            (Int.self, String.self, String.self, Double.self, Bool.self, Bool.self, Int?.self, String.self)
        ).map {
            Session(
                pid: $0, account: $1, application: $2, seconds: $3, isIdle: $4, hasWritten: $5, snapshotAge: $6,
                statement: StatementBeginning($7))
        }
        guard seesAll else {
            return sessions.map(Self.session) + [
                .note(
                    "transactions", "this account may not see the sessions of other accounts, so nobody looked at them",
                    remedy: "Run doctor as dailies_operator, or let an administrator GRANT pg_read_all_stats to this account.")
            ]
        }
        return sessions.map(Self.session)
    }

    static func session(_ session: Session) -> Finding {
        let application = session.application.isEmpty ? "" : " (\(session.application))"
        let who = "session \(session.pid) of \(session.account)\(application)"
        let since = Duration.seconds(session.seconds).inWords
        let end = "End it in its program, or with SELECT pg_terminate_backend(\(session.pid))"
        guard session.isIdle else {
            let age = session.snapshotAge.map { ", \($0) transactions ago" } ?? ""
            return .note(
                "transactions",
                "\(who) has been in one transaction for \(since)\(age), which began with \(session.statement): deleted rows stay on the disk meanwhile",
                remedy: "A backup may take that long. \(end).")
        }
        let text = "\(who) has left a transaction open for \(since); its last statement begins with \(session.statement)"
        return session.hasWritten
            ? .problem("transactions", "\(text). It has written, and whoever needs the same rows waits for it", remedy: "\(end).")
            : .note("transactions", "\(text). Deleted rows stay on the disk meanwhile", remedy: "\(end).")
    }

    private func preparedTransactions(_ connection: PostgresConnection, _ limits: TransactionLimits) async throws -> [Finding] {
        try await connection.query(
            PostgresQuery(
                named: "doctor.prepared_transactions",
                """
                SELECT gid, owner::text, extract(epoch FROM now() - prepared)::float8 FROM pg_prepared_xacts
                WHERE database = current_database() AND prepared NOT BETWEEN now() - \(limits.idle)::interval AND now()
                ORDER BY prepared LIMIT 10
                """)
        ).decode((String.self, String.self, Double.self)).map(Self.preparedTransaction)
    }

    static func preparedTransaction(_ name: String, _ owner: String, _ seconds: Double) -> Finding {
        let quoted = "'\(name.with("''", for: "'"))'"
        return .problem(
            "transactions",
            "the transaction \(quoted) of \(owner) was prepared \(Duration.seconds(abs(seconds)).inWords) ago and has not ended: it keeps its locks, also over a restart",
            remedy: "Ask the program that prepared it, then COMMIT PREPARED \(quoted) or ROLLBACK PREPARED \(quoted) in this database.")
    }

    private func replicationSlots(_ connection: PostgresConnection, _ limits: TransactionLimits) async throws -> [Finding] {
        try await connection.query(
            PostgresQuery(
                named: "doctor.replication_slots",
                """
                SELECT slot_name::text, active, held FROM (
                    SELECT slot_name, active, pg_wal_lsn_diff(
                        CASE WHEN pg_is_in_recovery() THEN pg_last_wal_replay_lsn() ELSE pg_current_wal_lsn() END, restart_lsn)::bigint AS held
                    FROM pg_replication_slots
                ) AS slots WHERE held > \(limits.retainedWALBytes) ORDER BY held DESC LIMIT 10
                """)
        ).decode((String.self, Bool.self, Int64.self)).map(Self.replicationSlot)
    }

    static func replicationSlot(_ name: String, isActive: Bool, _ bytes: Int64) -> Finding {
        .problem(
            "transactions",
            "the replication slot \(name) keeps \(bytes >> 20) MiB of WAL on the server's disk, and \(isActive ? "its reader is that far behind" : "nobody reads it")",
            remedy: isActive
                ? "See what slows its reader down, before the disk is full."
                : "Start what reads it, or drop it: SELECT pg_drop_replication_slot('\(name)').")
    }

    static func notificationQueue(_ usage: Double) -> Finding {
        .problem(
            "notifications",
            "the server's queue of notifications is \(Int((usage * 100).rounded())) % full: a session that listens has been in one transaction for long. When it is full, no transaction that notifies can commit, of any program",
            remedy:
                "End the oldest transaction of a session that listens: SELECT pid, xact_start FROM pg_stat_activity ORDER BY xact_start.")
    }
}
