/// What an administrator may have set on a database for other programs.
public enum HostileSettings {
    private static let all = [
        ("DateStyle", "German"), ("IntervalStyle", "sql_standard"), ("TimeZone", "Pacific/Kiritimati"), ("bytea_output", "escape"),
        ("default_transaction_isolation", "serializable"), ("idle_in_transaction_session_timeout", "500ms"),
        ("idle_session_timeout", "2s"), ("lock_timeout", "300ms"), ("search_path", "pg_catalog"), ("statement_timeout", "1s"),
        ("standard_conforming_strings", "off"), ("client_encoding", "latin1"), ("synchronous_commit", "off"),
    ]

    /// Sets all of them on the database in which it is run.
    public static var statement: String { all.map(statement).joined(separator: ";\n") }

    /// Sets one of them.
    public static func statement(_ name: String, _ value: String) -> String {
        "DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET \(name) = %L', current_database(), '\(value)'); END $$"
    }
}
