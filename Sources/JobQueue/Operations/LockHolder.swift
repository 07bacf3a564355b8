public import Postgres

/// A session that holds a lock for which a session of this account waits.
///
/// Of its statement only the first words are read, up to the first value or parenthesis. What it says is fit for logs.
public struct LockHolder: Hashable, Sendable {
    /// 0 for a prepared transaction, which no process has.
    public var process: Int32
    public var account: String?
    public var application: String?
    /// When its transaction began, in UTC; `nil` if this account may not know.
    public var since: String?
    /// The first words of its present or last statement; `nil` if this account may not know.
    public var words: String?
}

extension LockHolder: PostgresRowDecodable {
    public init(from row: PostgresRow) throws(PostgresError) {
        self.init(
            process: try row.decode("process"), account: try row.decode("account"), application: try row.decode("application"),
            since: try row.decode("since"), words: try row.decode("words"))
    }
}

extension LockHolder: CustomStringConvertible {
    public var description: String {
        guard process != 0 else { return "a prepared transaction (SELECT * FROM pg_prepared_xacts)" }
        let parts = [
            account.map { "account \($0)" }, application.map { "application \($0)" }, since.map { "since \($0) UTC" },
            words.map { "statement “\($0) …”" },
        ].compactMap { $0 }
        return "process \(process) of the database server" + (parts.isEmpty ? "" : " (\(parts.joined(separator: ", ")))")
    }
}

extension JobQueue {
    /// Who holds the locks for which sessions of this account wait at this moment; those that wait themselves are left out.
    public func lockHolders() async throws -> [LockHolder] {
        try await pool.query(
            PostgresQuery(
                named: "sessions.lock_holders",
                """
                SELECT DISTINCT b.process, h.usename::text AS account,
                       NULLIF(left(regexp_replace(h.application_name, '[^ -~]', '?', 'g'), 60), '') AS application,
                       to_char(h.xact_start AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS') AS since,
                       NULLIF(btrim(left(substring(regexp_replace(h.query, '\\s+', ' ', 'g') from '^[A-Za-z_.,; *]*'), 60)), '') AS words
                FROM pg_stat_activity w CROSS JOIN LATERAL unnest(pg_blocking_pids(w.pid)) AS b (process)
                LEFT JOIN pg_stat_activity h ON h.pid = b.process
                WHERE w.datname = current_database() AND w.usename = session_user AND w.wait_event_type = 'Lock'
                  AND h.wait_event_type IS DISTINCT FROM 'Lock'
                ORDER BY 1
                """)
        ).decode(LockHolder.self)
    }
}
