/// The tables of the schema `dailies`, as the files in `SQL`, which are part of the executable.
public enum Migrations {
    /// All migrations in order.
    ///
    /// To add one, put its file into the folder and its line here. The package manager names the bytes of `0001_queue.sql`
    /// `_001_queue_sql`, because an identifier cannot begin with a digit.
    public static let all: [Migration] = [
        embedded(1, "queue", PackageResources._001_queue_sql),
        embedded(2, "roles", PackageResources._002_roles_sql),
        embedded(3, "answers", PackageResources._003_answers_sql),
        embedded(4, "records", PackageResources._004_records_sql),
        embedded(5, "accounts", PackageResources._005_accounts_sql),
        embedded(6, "reviews", PackageResources._006_reviews_sql),
        embedded(7, "clock_jumps", PackageResources._007_clock_jumps_sql),
        embedded(8, "fence", PackageResources._008_fence_sql),
        embedded(9, "reconciliation", PackageResources._009_reconciliation_sql),
        embedded(10, "worker_trouble", PackageResources._010_worker_trouble_sql),
        embedded(11, "verdicts", PackageResources._011_verdicts_sql),
        embedded(12, "bounds", PackageResources._012_bounds_sql),
        embedded(13, "sign_in", PackageResources._013_sign_in_sql),
    ]

    private static func embedded(_ number: Int, _ name: String, _ file: [UInt8]) -> Migration {
        Migration(number: number, name: name, sql: String(decoding: file, as: UTF8.self))
    }
}
