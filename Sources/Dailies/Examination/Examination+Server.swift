import ForeignText
import Postgres

/// What an administrator may have changed on the server, the database, an account or a table.
extension Examination {
    func changes(_ connection: PostgresConnection) async throws -> [Finding] {
        var found = try await text(connection)
        found += try await administratorsSettings(connection)
        found += try await triggers(connection)
        found += try await announcing(connection)
        return found
    }

    private func text(_ connection: PostgresConnection) async throws -> [Finding] {
        let row = try await connection.query(
            PostgresQuery(
                named: "doctor.text",
                """
                SELECT d.datname::text AS name, pg_encoding_to_char(d.encoding)::text AS encoding, d.datcollversion AS made_with,
                       pg_database_collation_actual_version(d.oid) AS actual,
                       ARRAY(SELECT DISTINCT c.oid::regcollation::text FROM pg_attribute a
                             JOIN pg_class t ON t.oid = a.attrelid JOIN pg_collation c ON c.oid = a.attcollation
                             WHERE t.relnamespace = to_regnamespace('dailies') AND c.collversion <> pg_collation_actual_version(c.oid)) AS collations
                FROM pg_database d WHERE d.datname = current_database()
                """)
        ).one()
        let (name, encoding): (String, String) = (try row.decode("name"), try row.decode("encoding"))
        var found: [Finding] = []
        if encoding != "UTF8" { found.append(Self.encoding(encoding)) }
        if let old: String = try row.decode("made_with"), let new: String = try row.decode("actual"), old != new {
            found.append(Self.collation("the database's collation", of: "DATABASE \"\(name)\"", "\(old), and the system has \(new)"))
        }
        for collation in try row.decode("collations", as: [String].self) {
            found.append(Self.collation("the collation \(collation)", of: "COLLATION \(collation)", "another version than the system has"))
        }
        return found
    }

    static func encoding(_ encoding: String) -> Finding {
        .problem(
            "database", "its encoding is \(encoding): names and texts of most languages are refused, or mangled",
            remedy: "Make a database with `createdb --encoding=UTF8 --template=template0`, and restore a backup into it.")
    }

    static func collation(_ what: String, of object: String, _ versions: String) -> Finding {
        .problem(
            "database", "\(what) was made with version \(versions): indexes on text may miss rows, and keys may be there twice",
            remedy: "REINDEX the database, then ALTER \(object) REFRESH COLLATION VERSION.")
    }

    /// Dailies sets what it needs of a session. These it does not set, because they are an administrator's to decide, or change for all programs.
    private func administratorsSettings(_ connection: PostgresConnection) async throws -> [Finding] {
        let ofServer = try await connection.query(
            PostgresQuery(
                named: "doctor.server_settings",
                """
                SELECT name, setting FROM pg_settings
                WHERE name IN ('synchronous_commit', 'session_replication_role', 'autovacuum', 'track_counts')
                  AND source NOT IN ('database', 'user', 'database user') ORDER BY name
                """)
        ).decode((String.self, String.self)).map { ($0, $1, "the whole server", nil as String?) }
        let ofOthers = try await connection.query(
            PostgresQuery(
                named: "doctor.role_settings",
                """
                SELECT split_part(c.setting, '=', 1), substr(c.setting, strpos(c.setting, '=') + 1),
                       CASE WHEN s.setrole = 0 THEN 'the database ' || quote_ident(d.datname)
                            ELSE 'the account ' || quote_ident(r.rolname) END,
                       'ALTER ' || CASE WHEN s.setrole = 0 THEN 'DATABASE ' || quote_ident(d.datname)
                                        ELSE 'ROLE ' || quote_ident(r.rolname)
                                             || CASE WHEN s.setdatabase = 0 THEN '' ELSE ' IN DATABASE ' || quote_ident(d.datname) END END
                FROM pg_db_role_setting s CROSS JOIN unnest(s.setconfig) AS c (setting)
                LEFT JOIN pg_roles r ON r.oid = s.setrole LEFT JOIN pg_database d ON d.oid = s.setdatabase
                WHERE (s.setdatabase = 0 OR d.datname = current_database())
                  AND (s.setrole = 0 OR has_schema_privilege(r.oid, to_regnamespace('dailies'), 'USAGE'))
                ORDER BY 4, 1
                """)
        ).decode((String.self, String.self, String.self, String.self)).map { ($0, $1, $2, $3 as String?) }
        return (ofServer + ofOthers).compactMap { Self.setting($0, $1, for: $2, alter: $3) }
    }

    /// - Parameter alter: the beginning of the statement that changes it; `nil` for the server's configuration.
    static func setting(_ name: String, _ value: String, for scope: String, alter: String?) -> Finding? {
        let remedy = alter.map { "\($0) RESET \(name)." } ?? "Correct \(name) in postgresql.conf, and reload the server."
        switch (name, value) {
        case ("synchronous_commit", "off"):
            return .problem(
                "settings", "synchronous_commit is off for \(scope): what other programs write there may be lost when the server crashes",
                remedy: remedy)
        case ("session_replication_role", "replica"):
            return .problem(
                "settings", "session_replication_role is replica for \(scope): no trigger runs, so answers get no job", remedy: remedy)
        case ("autovacuum", "off"), ("track_counts", "off"):
            return .problem("settings", "\(name) is off for \(scope): the queue's tables grow and become slow", remedy: remedy)
        case ("role", let other) where other != "none":
            return .note("settings", "\(scope) acts as \(other), and has its rights instead of its own", remedy: remedy)
        case ("default_transaction_read_only", "on") where alter?.holds("ROLE") == true:
            return .problem("settings", "default_transaction_read_only is on for \(scope): it can write nothing", remedy: remedy)
        default: return nil
        }
    }

    /// A transaction that notifies cannot be prepared. So where transactions may be prepared, inserts do not notify.
    private func announcing(_ connection: PostgresConnection) async throws -> [Finding] {
        let isSilent: Bool = try await connection.query(
            PostgresQuery(
                named: "doctor.announcing",
                """
                SELECT current_setting('max_prepared_transactions')::integer > 0
                   AND current_setting('dailies.announce_inserts', true) IS DISTINCT FROM 'on'
                """)
        ).one().decode(at: 0)
        return isSilent ? [Self.silentInserts] : []
    }

    static let silentInserts = Finding.note(
        "database", "max_prepared_transactions is not 0, so inserts do not notify workers: they find new jobs within half a second",
        remedy: "That works. Where no program prepares transactions, ALTER DATABASE … SET dailies.announce_inserts = on.")

    private func triggers(_ connection: PostgresConnection) async throws -> [Finding] {
        try await connection.query(
            PostgresQuery(
                named: "doctor.triggers",
                """
                SELECT t.tgrelid::regclass::text, t.tgisinternal, string_agg(t.tgname, ', ' ORDER BY t.tgname)
                FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
                WHERE c.relnamespace = to_regnamespace('dailies') AND t.tgenabled IN ('D', 'R')
                GROUP BY 1, 2 ORDER BY 1, 2
                """)
        ).decode((String.self, Bool.self, String.self)).map(Self.disabledTriggers)
    }

    /// - Parameter isInternal: they are those of foreign keys, whose names tell nothing.
    static func disabledTriggers(of table: String, isInternal: Bool, _ names: String) -> Finding {
        let what = isInternal ? "foreign keys of \(table) are not checked" : "triggers of \(table) are disabled: \(names)"
        return .problem(
            "triggers", "\(what). Rows that come in get no job, or name what is not there",
            remedy: "ALTER TABLE \(table) ENABLE TRIGGER ALL (foreign keys take a superuser), then `dailies reconcile`.")
    }
}
