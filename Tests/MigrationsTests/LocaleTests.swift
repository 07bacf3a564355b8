import Migrations
import Postgres
import TestSupport
import Testing

/// A backup of a database in one locale is restored in another: no constraint may depend on the locale.
@Suite(.tags(.database), .timeLimit(.minutes(10))) struct LocaleTests {
    private static let providers = [
        "c": "LOCALE_PROVIDER libc LOCALE 'C'", "icu": "LOCALE_PROVIDER icu ICU_LOCALE 'tr-TR' LOCALE 'C.UTF-8'",
    ]

    /// Texts that locales see differently: Turkish letters, and capitals beyond ASCII.
    private static let rows = """
        INSERT INTO dailies.candidates (name, email) VALUES
            ('Irina', 'irina@example.org'), ('İrina', 'İrina@example.org'), ('Émile', 'Émile@example.org'),
            ('Irina', 'ırina@example.org'), ('Olga', 'ΟΛΓΑΣ@example.org');
        INSERT INTO dailies.reviewers (name, email) VALUES ('Éva', 'Éva@example.org');
        INSERT INTO dailies.roles (slug, title) VALUES ('baker', 'Bäcker');
        """

    private static let contents = """
        SELECT string_agg(t, ' ' ORDER BY t COLLATE "C") FROM (
            SELECT name || email FROM dailies.candidates UNION ALL SELECT name || email FROM dailies.reviewers UNION ALL SELECT title FROM dailies.roles
        ) AS rows (t)
        """

    @Test(arguments: [("c", "icu"), ("icu", "c")])
    func `A database is restored under another locale with every row`(from: String, to: String) async throws {
        try await TestDatabase.withDatabase(migrated: false, options: Self.providers[from]!) { source in
            _ = try await Migrator().apply(on: try await PostgresConnection.connect(source))
            _ = try await PSQL.run(Self.rows, on: source)
            try await TestDatabase.withDatabase(migrated: false, options: Self.providers[to]!) { target in
                try await PSQL.run(PSQL.dump(source), on: target)
                let rows = try await PSQL.run(Self.contents, on: target)
                #expect(try await PSQL.run(Self.contents, on: source) == rows)
                #expect(rows.contains("İrina@example.org") && rows.contains("Bäcker"))
                try await Migrator().verify(on: try await PostgresConnection.connect(target))
            }
        }
    }
}
