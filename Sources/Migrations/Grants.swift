/// Which accounts of the database may do what, as SQL that may be run again and again.
///
/// They belong to a schema: a release gives them together with its last migration, so that neither is ever there without the other.
public struct Grants: Sendable, Hashable {
    /// The accounts that the SQL names. Where one of them is missing, nothing is granted: whoever owns the schema does everything then.
    public let accounts: [String]

    public let sql: String

    public init(accounts: [String], sql: String) {
        self.accounts = accounts
        self.sql = sql
    }

    /// Those of this release. `deploy/database-roles.sql` makes the accounts.
    public static let all = Grants(
        accounts: ["worker", "site", "intake", "operator", "monitor"].map { "dailies_\($0)" },
        sql: String(decoding: PackageResources.grants_sql, as: UTF8.self))
}
