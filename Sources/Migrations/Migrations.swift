/// The schema `dailies`, as the files in `SQL`, which are part of the executable.
public enum Migrations {
    /// All migrations in order.
    ///
    /// To add one, put its file into the folder and its line here. The package manager names the bytes of `0001_roles.sql`
    /// `_001_roles_sql`, because an identifier cannot begin with a digit.
    public static let all: [Migration] = [
        embedded(1, "roles", PackageResources._001_roles_sql),
        embedded(2, "jobs", PackageResources._002_jobs_sql),
        embedded(3, "responses", PackageResources._003_responses_sql),
        embedded(4, "operations", PackageResources._004_operations_sql),
        embedded(5, "turns", PackageResources._005_turns_sql),
        embedded(6, "reasons", PackageResources._006_reasons_sql),
        embedded(7, "accounts", PackageResources._007_accounts_sql),
        embedded(8, "reviews", PackageResources._008_reviews_sql),
        embedded(9, "renditions", PackageResources._009_renditions_sql),
        embedded(10, "owners_rights", PackageResources._010_owners_rights_sql),
    ]

    private static func embedded(_ number: Int, _ name: String, _ file: [UInt8]) -> Migration {
        Migration(number: number, name: name, sql: String(decoding: file, as: UTF8.self))
    }
}
