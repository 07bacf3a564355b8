import Foundation
import Migrations
import Postgres
import TestSupport
import Testing

/// `dailies.email_address`, the one place that makes the spelling of an e-mail address which is stored, looked up and counted.
@Suite(.tags(.database), .timeLimit(.minutes(5)))
struct EmailAddressTests {
    private static func spelled(_ texts: [String], on connection: PostgresConnection) async throws -> [String?] {
        try await connection.query(
            "SELECT dailies.email_address(t) FROM unnest(\(texts)::text[]) WITH ORDINALITY AS texts (t, n) ORDER BY n", as: String?.self)
    }

    /// Each with its only spelling; `nil`: it is no address.
    private static let spellings: [(String, String?)] = [
        ("Rosa@Team.example", "rosa@team.example"), (" \t\r\nrosa@team.example \n", "rosa@team.example"),
        ("rosa@team.example.", "rosa@team.example"), ("rosa@team.example..", nil), ("admin@localhost", "admin@localhost"),
        // A dotted capital I is no i, in no locale. The Kelvin sign is a K, by Unicode's own word.
        ("İrina@team.example", "İrina@team.example"), ("IRINA@team.example", "irina@team.example"), ("\u{212A}@x.example", "k@x.example"),
        // An accent of its own and one with its letter, also where only the small letter has it.
        ("e\u{301}va@x.example", "\u{e9}va@x.example"), ("E\u{301}va@x.example", "\u{c9}va@x.example"),
        ("J\u{30C}@x.example", "\u{1F0}@x.example"),
        ("h@x\u{323}\u{307}.example", "h@ẋ\u{323}.example".precomposedStringWithCanonicalMapping),
        // Not to be seen, or seen as another one.
        ("ro\u{200B}sa@team.example", nil), ("rosa@team.exam\u{AD}ple", nil), ("rosa\u{202E}@team.example", nil),
        ("rosa\u{A0}@team.example", nil), ("\u{FEFF}rosa@team.example", nil), ("ro sa@team.example", nil),
        ("rosa@team\u{3002}example", nil),
        ("ｒｏｓａ@team.example", nil), ("rosa＠team.example", nil), ("ro\u{FE0F}sa@team.example", nil), ("ro\u{E0041}sa@team.example", nil),
        ("ro\u{7F}sa@team.example", nil), ("ﬁ@team.example", nil), ("ro\u{115F}sa@team.example", nil),
        // Not one address.
        ("", nil), ("rosa", nil), ("@team.example", nil), ("rosa@", nil), ("rosa@.", nil), ("rosa@.example", nil), ("rosa@a..b", nil),
        ("rosa@a@b", nil), ("\"rosa\"@team.example", nil), ("rosa(x)@team.example", nil), ("<rosa@team.example>", nil),
        ("rosa@a,sam@b", nil), ("rosa@a;b", nil), ("rosa\\@a", nil),
        // By characters of the database: a mark after an @ does not hide it.
        ("rosa@\u{301}team.example", "rosa@\u{301}team.example"), ("rosa@\u{301}@team.example", nil),
        (String(repeating: "x", count: 244) + "@a.example", String(repeating: "x", count: 244) + "@a.example"),
        (String(repeating: "x", count: 245) + "@a.example", nil), (String(repeating: "x", count: 100_000) + "@a.example", nil),
    ]

    @Test(arguments: [
        "LOCALE_PROVIDER libc LOCALE 'C'", "LOCALE_PROVIDER libc LOCALE 'C.UTF-8'",
        "LOCALE_PROVIDER icu ICU_LOCALE 'tr-TR' LOCALE 'C.UTF-8'",
    ])
    func `An address has one spelling, the same in every locale, and what is none has none`(locale: String) async throws {
        try await TestDatabase.withDatabase(migrated: false, options: locale) { conninfo in
            let connection = try await PostgresConnection.connect(conninfo)
            _ = try await Migrator().apply(on: connection)
            let made = try await Self.spelled(Self.spellings.map(\.0), on: connection)
            for ((typed, expected), made) in zip(Self.spellings, made) {
                #expect(made.map { Array($0.utf8) } == expected.map { Array($0.utf8) }, "\(typed.prefix(60).debugDescription)")
            }
        }
    }

    /// Every character that Unicode had when the oldest PostgreSQL that is used here was made.
    private static let scalars = (1...0x10FFFF).compactMap { Unicode.Scalar(UInt32($0)) }.filter {
        guard let age = $0.properties.age else { return false }
        return age.major < 14 || age.major == 14 && age.minor == 0
    }

    private static func isInvisible(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .privateUse, .spaceSeparator, .lineSeparator, .paragraphSeparator, .surrogate: true
        default:
            scalar.properties.isDefaultIgnorableCodePoint || scalar.properties.isWhitespace || scalar.properties.isNoncharacterCodePoint
        }
    }

    @Test func `No character of Unicode gives an address a second spelling that cannot be told from the first`() async throws {
        try await TestDatabase.withDatabase { conninfo in
            let connection = try await PostgresConnection.connect(conninfo)
            #expect(Self.scalars.count > 200_000)
            let invisible = Self.scalars.filter(Self.isInvisible)
            #expect(invisible.contains("\u{200B}") && invisible.contains("\u{2066}") && invisible.contains("\u{E0100}"))
            for place in ["ro*sa@team.example", "rosa*@team.example", "rosa@*team.example", "rosa@team.example.*x"] {
                let texts = invisible.map { place.replacing("*", with: String($0)) }
                let taken = zip(invisible, try await Self.spelled(texts, on: connection)).filter { $0.1 != nil }
                #expect(taken.isEmpty, "\(place): \(taken.map { String($0.0.value, radix: 16) })")
            }

            // Whatever the character: with its accents apart it is the same address, and what is made once stays as it is.
            let visible = Self.scalars.filter { !Self.isInvisible($0) }
            let texts = visible.map { "a\(String($0))@x.example" }
            let apart = texts.map(\.decomposedStringWithCanonicalMapping)
            let made = try await Self.spelled(texts, on: connection)
            let differing = zip(visible, zip(made, try await Self.spelled(apart, on: connection))).filter {
                $0.1.0.map { Array($0.utf8) } != $0.1.1.map { Array($0.utf8) }
            }
            #expect(differing.isEmpty, "\(differing.map { String($0.0.value, radix: 16) })")
            let addresses = made.compactMap(\.self)
            let again = try await Self.spelled(addresses, on: connection)
            #expect(zip(addresses, again).allSatisfy { Array($0.utf8) == $1.map { Array($0.utf8) } })
            // A character that is the small letter of ASCII by the rules of some language is that letter or another account, never both.
            let twice = try await connection.query(
                """
                SELECT count(*) FROM unnest(\(texts)::text[]) AS t
                WHERE dailies.email_address(t) ~ '^a[a-z]@' AND t !~ '^a[A-Za-z\u{212A}]@'
                """, as: Int64.self)
            #expect(twice == [0])
        }
    }

    @Test func `Addresses of before get the spelling; where another row has it both stay, and doctor can tell`() async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            let connection = try await PostgresConnection.connect(conninfo)
            _ = try await Migrator(Migrations.all.filter { $0.number < Self.number }).apply(on: connection)
            try await connection.script(
                """
                INSERT INTO dailies.reviewers (email, name, password_hash) VALUES
                    ('rosa@team.example', 'Rosa', NULL), (E'ro\\u200Bsa@team.example', 'Rosa again', '$scrypt$x'),
                    ('sam@team.example.', 'Sam', NULL), (E'e\\u0301va@team.example', 'Eva', NULL), (E'ｉnes@team.example', 'Ines', NULL),
                    (E'\\u00A0kim@team.example', 'Kim', NULL), (E'li\\u200C@team.example', 'Li', NULL), (E'li\\u200D@team.example', 'Li too', '$scrypt$y');
                INSERT INTO dailies.candidates (name, email) VALUES
                    ('Ada', 'ada@x.example'), ('Ada again', 'ada@x.example.'), ('Bob', E'bo\\u00A0b@x.example'), ('Cyd', E'c\\u200Dyd@x.example'),
                    ('Dan', 'dan@x.example');
                INSERT INTO dailies.roles (slug, title) VALUES ('r', 'R');
                INSERT INTO dailies.interviews (role_id, candidate_id, pseudonym) SELECT 1, id, 'Candidate 000' || id FROM dailies.candidates;
                INSERT INTO dailies.sessions (token_hash, reviewer_id, expires_at) SELECT sha256('x'), 2, now() + interval '1 day';
                """)
            _ = try await Migrator().apply(on: connection)
            let reviewers = try await connection.query("SELECT email FROM dailies.reviewers ORDER BY id", as: String.self)
            #expect(
                reviewers.map { Array($0.utf8) }
                    == [
                        "rosa@team.example", "account-2@renamed.invalid", "sam@team.example", "\u{e9}va@team.example", "ines@team.example",
                        "kim@team.example", "account-7@renamed.invalid", "li@team.example",
                    ].map { Array($0.utf8) })
            let candidates = try await connection.query("SELECT email FROM dailies.candidates ORDER BY id", as: String.self)
            #expect(candidates == ["ada@x.example", "ada@x.example.", "bo\u{A0}b@x.example", "cyd@x.example", "dan@x.example"])
            let told = try await connection.query(
                "SELECT coalesce(candidate_id, -reviewer_id) FROM dailies.duplicate_addresses ORDER BY 1", as: Int64.self)
            #expect(told == [-7, -2, 2, 3])
            let kept: Int = try await connection.query(
                "SELECT (SELECT count(*) FROM dailies.sessions) + (SELECT count(*) FROM dailies.interviews)"
            ).one().decode(at: 0)
            #expect(kept == 6)
            // From now on there is no second spelling, also for programs that write rows themselves.
            for typed in ["eve@x.example.", "Eve@x.example", "e\u{200B}ve@x.example"] {
                let error = await #expect(throws: PostgresError.self) {
                    try await connection.execute("INSERT INTO dailies.candidates (name, email) VALUES ('Eve', \(typed))")
                }
                #expect(error?.constraint == "candidates_email_check")
            }
        }
    }

    /// The migration that gave addresses one spelling.
    private static var number: Int { Migrations.all.first { $0.name == "sign_in" }?.number ?? 0 }
}
