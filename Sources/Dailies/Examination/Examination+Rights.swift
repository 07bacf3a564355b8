import Migrations
import Postgres

/// Whether the account may do what its work needs. `grants.sql` says what that is.
extension Examination {
    /// Tells each right that `grants.sql` gives to this account and that it does not have. An account with another name is held to what the worker's
    /// account gets, unless it is a member of another one.
    func rights(_ connection: PostgresConnection) async throws -> [Finding] {
        let standard = Grants.all.accounts
        let row = try await connection.query(
            PostgresQuery(
                named: "doctor.account",
                """
                SELECT current_user AS account,
                       ARRAY(SELECT r.rolname FROM pg_roles r
                             WHERE r.rolname = ANY (\(standard)) AND pg_has_role(r.oid, 'USAGE')
                               AND NOT (SELECT u.rolsuper FROM pg_roles u WHERE u.rolname = current_user)
                             ORDER BY r.rolname = current_user DESC, array_position(\(standard), r.rolname::text))::text[] AS member_of,
                       ARRAY(SELECT c.oid::regclass::text FROM pg_class c
                             WHERE c.relnamespace = 'dailies'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm')
                               AND NOT c.relispartition) AS tables,
                       ARRAY(SELECT p.oid::regprocedure::text FROM pg_proc p WHERE p.pronamespace = 'dailies'::regnamespace) AS functions
                """)
        ).one()
        let (account, memberOf): (String, [String]) = (try row.decode("account"), try row.decode("member_of"))
        let part = memberOf.first ?? "dailies_worker"
        let wanted = Grants.all.rights(of: part, tables: try row.decode("tables"), functions: try row.decode("functions"))
        return Self.rights(of: account, asFor: part, missing: try await missing(Array(wanted), connection))
    }

    private func missing(_ wanted: [GrantedRight], _ connection: PostgresConnection) async throws -> [GrantedRight] {
        let rows = try await connection.query(
            PostgresQuery(
                named: "doctor.rights",
                """
                SELECT kind, object, privilege, col FROM unnest(
                    \(wanted.map(\.kind.rawValue)), \(wanted.map(\.object)), \(wanted.map(\.privilege)), \(wanted.map { $0.column ?? "" })
                ) AS wanted (kind, object, privilege, col)
                -- By name and not by to_regclass, which is refused to whoever may not use the schema.
                LEFT JOIN pg_class named ON named.relnamespace = 'dailies'::regnamespace AND 'dailies.' || named.relname = object
                WHERE NOT coalesce(CASE kind
                    WHEN 'schema' THEN has_schema_privilege(object, privilege)
                    WHEN 'sequence' THEN has_sequence_privilege(named.oid, privilege)
                    WHEN 'function' THEN (
                        SELECT bool_and(has_function_privilege(p.oid, privilege)) FROM pg_proc p
                        WHERE p.pronamespace = 'dailies'::regnamespace
                          AND CASE WHEN object LIKE '%(%' THEN replace(p.oid::regprocedure::text, ' ', '') = replace(object, ' ', '')
                                   ELSE 'dailies.' || p.proname = object END)
                    ELSE CASE WHEN col = '' THEN has_table_privilege(named.oid, privilege)
                              ELSE has_column_privilege(named.oid, col, privilege) END
                    END, false)
                ORDER BY kind = 'schema' DESC, kind DESC, object, privilege, col
                """))
        return try rows.decode((String.self, String.self, String.self, String.self)).compactMap { kind, object, privilege, column in
            GrantedRight.Kind(rawValue: kind).map { GrantedRight($0, object, privilege, column: column.isEmpty ? nil : column) }
        }
    }

    /// - Parameter part: the account whose work this one does.
    static func rights(of account: String, asFor part: String, missing: [GrantedRight]) -> [Finding] {
        guard !missing.isEmpty else { return [.fine("rights", "the account \(account) has all that \(part) needs")] }
        let names = missing.prefix(5).map { right in
            "\(right.privilege)\(right.column.map { " (\($0))" } ?? "") on \(right.object)"
        }
        let rest = missing.count > 5 ? " and \(missing.count - 5) more" : ""
        return [
            .problem(
                "rights", "the account \(account) lacks \(names.joined(separator: ", "))\(rest)",
                remedy: account == part
                    ? "Run `dailies migrate` as dailies_migration: it gives each account its rights."
                    : "Use the account \(part), which deploy/database-roles.sql makes, or run `dailies migrate` and then GRANT \(part) TO \"\(account)\"."
            )
        ]
    }
}
