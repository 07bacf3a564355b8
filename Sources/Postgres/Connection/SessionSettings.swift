import ForeignText

/// What this client needs of a session, whatever an administrator has set for the account, the database or the server. Nothing else sets these.
///
/// They are set when a connection is made. Behind a pooler each transaction may get another session, which other clients use too: there the
/// pooler keeps those that it tracks for each client, and the others are set for each transaction (``PostgresConnection/query(_:)`` and
/// ``PostgresConnection/transaction(isolation:readOnly:attempts:_:)``; not by scripts, pipelines and ``BlockingConnection``).
///
/// `client_encoding` is set with the first message (``PostgresConfiguration``). `default_transaction_read_only` stays as it is: a server that
/// is meant to be read has to be noticed.
struct SessionSettings {
    struct Setting {
        let name: String
        let value: String
        /// Whether PgBouncer sets it anew, for each client, in the session that the client gets.
        var isTracked = false
    }

    let settings: [Setting]

    /// - Parameters:
    ///   - serverVersion: as ``LibpqHandle/serverVersion``.
    ///   - lockLimit: as ``PostgresConfiguration/lockLimit``.
    init(serverVersion: Int, lockLimit: Duration? = nil) {
        var settings = [
            Setting(name: "DateStyle", value: "ISO, MDY", isTracked: true),
            Setting(name: "TimeZone", value: "UTC", isTracked: true),
            Setting(name: "standard_conforming_strings", value: "on", isTracked: true),
            Setting(name: "default_transaction_isolation", value: "read committed"),
            Setting(name: "IntervalStyle", value: "postgres"),
            Setting(name: "bytea_output", value: "hex"),
            // What a temporary table is called must not decide what a name means.
            Setting(name: "search_path", value: "public, pg_temp"),
            // What was accepted must not be lost, whatever an administrator prefers. Statements that may be lost say so themselves.
            Setting(name: "synchronous_commit", value: "on"),
            // The program has limits of its own, where it knows what to do when they are reached.
            Setting(name: "statement_timeout", value: "0"),
            Setting(name: "lock_timeout", value: "\(lockLimit.map { max(1, Int($0 / .milliseconds(1))) } ?? 0)"),
            Setting(name: "idle_in_transaction_session_timeout", value: "0"),
            Setting(name: "idle_session_timeout", value: "0"),
        ]
        if serverVersion >= 170_000 { settings.append(Setting(name: "transaction_timeout", value: "0")) }
        self.settings = settings
    }

    /// Sets up a new connection, and tells whether it leads to the server directly.
    ///
    /// A pooler stands for many sessions, so it invents the key for cancelling queries, and with it the process id that it tells the client. The
    /// backend reports its real process id. Only when both are the same is the session this client's alone.
    /// - Parameter preparesStatements: has the server plan what is prepared once, for all values. By itself it plans each statement five
    ///   times more, for the values of each time, before it decides whether to go on like that.
    func establish(backend: Int32, preparesStatements: Bool) -> PostgresQuery {
        let own =
            settings.filter { !$0.isTracked } + (preparesStatements ? [Setting(name: "plan_cache_mode", value: "force_generic_plan")] : [])
        let calls =
            settings.filter(\.isTracked).map { Self.call($0, isLocal: false) }
            + own.map { "CASE WHEN pg_backend_pid() = $1 THEN \(Self.call($0, isLocal: false)) END" }
        return PostgresQuery(
            named: "session.establish", verbatim: "SELECT pg_backend_pid() = $1, \(calls.joined(separator: ", "))", binds: [backend])
    }

    /// What a pooler does not track, for the transaction that has begun.
    var ofTransaction: PostgresQuery {
        PostgresQuery(
            named: "session.transaction", verbatim: "SELECT " + local.map { Self.call($0, isLocal: true) }.joined(separator: ", "))
    }

    /// The same in a script, in which it is no query that sees data.
    var scriptOfTransaction: String { local.map(Self.statement).joined(separator: "; ") }

    /// The isolation is a part of BEGIN, and between transactions it is another client's session that idles.
    private var local: [Setting] {
        settings.filter { !$0.isTracked && $0.name != "default_transaction_isolation" && $0.name != "idle_session_timeout" }
    }

    private static func call(_ setting: Setting, isLocal: Bool) -> String {
        "set_config('\(setting.name)', '\(setting.value)', \(isLocal))"
    }

    private static func statement(_ setting: Setting) -> String {
        let values = setting.value.parts(at: ", ").map { "'\($0)'" }
        return "SET LOCAL \(setting.name) = \(values.joined(separator: ", "))"
    }
}
