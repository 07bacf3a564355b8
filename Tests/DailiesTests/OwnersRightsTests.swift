import Foundation
import Postgres
import TestSupport
import Testing

/// Functions that run with the owner's rights, called with whatever an account can think of. The list of them comes from the database, so a
/// new one is tried too.
@Suite(.tags(.database), .timeLimit(.minutes(10)))
struct OwnersRightsTests {
    private static let accounts: [DatabaseAccount] = [.worker, .site, .intake, .operator, .monitor]

    /// By type: what a call is harmless with, and what is tried in its place.
    private static let values: [String: (harmless: String, hostile: [String])] = [
        "bigint": ("1", ["NULL", "0", "-1", "9223372036854775807", "-9223372036854775808"]),
        "integer": ("7", ["NULL", "0", "-1", "15", "2147483647", "-2147483648"]),
        "boolean": ("false", ["NULL", "true"]),
        "bigint[]": (
            "'{1}'",
            [
                "NULL", "'{}'", "'{NULL}'", "'{{1,2},{3,4}}'", "'{-1,9223372036854775807}'",
                "(SELECT array_agg(n) FROM generate_series(1, 200000) n)",
            ]
        ),
        "text": (
            "'a@example.org'",
            ["NULL", "''", "' '", "repeat('x', 10000000)", "E'a\\nb'", "'''; DROP TABLE dailies.jobs; --'", "'%s%n%I'", "'{\"a\": 1}'"]
        ),
        "json": ("'{\"outcome\": \"unusable\"}'", ["NULL", "'null'", "'[]'", "'{}'", "'{\"outcome\": \"usable\", \"flags\": 3}'"]),
        "interval": (
            "'90 days'",
            [
                "NULL", "'0'", "'-1000 days'", "'1 month -30 days'", "'-1 microsecond'", "'-178000000 years'", "'178000000 years'",
                "'23 hours'",
            ]
        ),
    ]

    private struct Function {
        var name: String
        var arguments: [String]
        var configuration: String
    }

    @Test func `no argument of any account does harm`() async throws {
        try await TestDatabase.withDatabase { conninfo in
            let owner = try await PostgresConnection.connect(conninfo)
            try await owner.script(Self.setup)
            let functions = try await Self.functions(owner)
            #expect(functions.map(\.name).contains("retry_work"), "the list is read right")
            for function in functions {
                #expect(function.configuration.contains("search_path=pg_catalog"), "\(function.name) finds what a caller puts into its way")
                for account in Self.accounts {
                    let caller = try await PostgresConnection.connect(account.reaching(conninfo))
                    for arguments in try Self.calls(function) {
                        let call = "SELECT dailies.\(function.name)(\(arguments.joined(separator: ", ")))"
                        do throws(PostgresError) {
                            // Also with dates written in another way, and another time zone.
                            try await caller.script(
                                "SET statement_timeout = '30s'; SET DateStyle = 'SQL, DMY'; SET TimeZone = 'Pacific/Kiritimati'; \(call)")
                        } catch {
                            let state = error.sqlState?.rawValue ?? "no answer"
                            let isRefusal = ["22", "23", "DA", "DR"].contains(state.prefix(2)) || state == "42501"
                            #expect(isRefusal, "\(account.name): \(call.prefix(300)): \(error)")
                        }
                        let harm = try await owner.query(Self.harm, as: String.self)
                        #expect(harm.isEmpty, "\(account.name): \(call.prefix(300))")
                    }
                }
            }
        }
    }

    @Test func `other programs' rows leave the next answer its number, its take and its time`() async throws {
        try await TestDatabase.withDatabase { conninfo in
            try await PostgresConnection.connect(conninfo).script(Self.setup)
            let intake = try await PostgresConnection.connect(DatabaseAccount.intake.reaching(conninfo))
            for (columns, values, state) in [
                ("take", "2147483647", "22023"), ("take", "1001", "22023"), ("take", "0", "22023"), ("take", "-2147483648", "22023"),
                ("submitted_at", "'infinity'", "23514"), ("submitted_at", "'-infinity'", "23514"),
                ("submitted_at", "'0044-03-15 BC'", "23514"),
                ("question_version", "2147483647", "23503"), ("bulk", "NULL", "23502"), ("declared_bytes", "-1", "23514"),
            ] {
                let statement = """
                    INSERT INTO dailies.responses (interview_id, question_id, recording_key, \(columns)) VALUES (1, 1, 'x', \(values))
                    """
                let error = await #expect(throws: PostgresError.self, "\(columns) \(values)") { try await intake.script(statement) }
                #expect(error?.sqlState?.rawValue == state, "\(columns) \(values): \(String(describing: error))")
            }
            let error = await #expect(throws: PostgresError.self) {
                try await intake.script(
                    """
                    INSERT INTO dailies.responses (id, interview_id, question_id, recording_key) OVERRIDING SYSTEM VALUE
                    VALUES (9223372036854775807, 1, 1, 'x')
                    """)
            }
            #expect(error?.sqlState == .insufficientPrivilege)
            try await intake.script("INSERT INTO dailies.responses (interview_id, question_id, recording_key) VALUES (1, 1, 'y')")
            let takes = try await PostgresConnection.connect(conninfo).query(
                "SELECT take FROM dailies.responses ORDER BY id DESC LIMIT 1", as: Int.self)
            #expect(takes == [2])
        }
    }

    @Test func `nothing of Dailies waits for a lock that other accounts can hold`() async throws {
        try await TestDatabase.withDatabase { conninfo in
            let owner = try await PostgresConnection.connect(conninfo)
            let functions = try await owner.query(
                "SELECT proname::text FROM pg_proc WHERE pronamespace = 'dailies'::regnamespace AND prosrc ~ 'advisory'", as: String.self)
            #expect(functions.isEmpty)
            for account in [DatabaseAccount.intake, .monitor] {
                let other = try await PostgresConnection.connect(account.reaching(conninfo))
                for statement in [
                    "SELECT FROM dailies.locks FOR UPDATE", "SELECT FROM dailies.locks FOR KEY SHARE",
                    "DO $$ BEGIN LOCK TABLE dailies.locks IN ROW SHARE MODE; END $$",
                    "DO $$ BEGIN LOCK TABLE dailies.claim_floors IN SHARE UPDATE EXCLUSIVE MODE; END $$",
                    "SELECT FROM dailies.workers FOR UPDATE", "SELECT FROM dailies.jobs FOR UPDATE",
                ] {
                    let error = await #expect(throws: PostgresError.self, "\(account.name): \(statement)") {
                        try await other.script(statement)
                    }
                    #expect(error?.sqlState == .insufficientPrivilege, "\(account.name): \(statement): \(String(describing: error))")
                }
            }
        }
    }

    @Test func `the locks that other programs could hold before stop nothing now`() async throws {
        try await TestDatabase.withDatabase { conninfo in
            let owner = try await PostgresConnection.connect(conninfo)
            try await owner.script(Self.setup)
            let other = try await PostgresConnection.connect(DatabaseAccount.intake.reaching(conninfo))
            for name in ["dailies.job_history", "dailies.sweep_floors", "dailies.retry_jobs"] {
                try await other.query("SELECT pg_advisory_lock(hashtext(\(name)))")
            }
            let worker = try await PostgresConnection.connect(DatabaseAccount.worker.reaching(conninfo))
            let made: Int = try await worker.query("SELECT dailies.prepare_job_history(14)").one().decode(at: 0)
            #expect(made > 0)
            let site = try await PostgresConnection.connect(DatabaseAccount.site.reaching(conninfo))
            let retried: Int64 = try await site.query("SELECT * FROM dailies.retry_work('{700}', 'x', NULL)").one().decode(at: 0)
            #expect(retried == 700)
        }
    }

    private static func functions(_ connection: PostgresConnection) async throws -> [Function] {
        try await connection.query(
            """
            SELECT p.proname::text, coalesce((SELECT array_agg(format_type(t.type, NULL) ORDER BY t.n)
                                              FROM unnest(p.proargtypes::oid[]) WITH ORDINALITY AS t (type, n)), '{}'),
                   coalesce(array_to_string(p.proconfig, ' '), '')
            FROM pg_proc p
            WHERE p.pronamespace = 'dailies'::regnamespace AND p.prosecdef AND p.prorettype <> 'trigger'::regtype
            ORDER BY 1
            """, as: (String.self, [String].self, String.self)
        ).map { Function(name: $0, arguments: $1, configuration: $2) }
    }

    /// Each hostile value of each argument among harmless ones; then all arguments of one kind of hostility.
    private static func calls(_ function: Function) throws -> [[String]] {
        let choices = try function.arguments.map { type in
            try #require(values[type], "say in this test what is hostile for an argument of type \(type) (dailies.\(function.name))")
        }
        let harmless = choices.map(\.harmless)
        var calls = [harmless]
        for (place, choice) in choices.enumerated() {
            for value in choice.hostile {
                var call = harmless
                call[place] = value
                calls.append(call)
            }
        }
        for number in 0..<(choices.map(\.hostile.count).max() ?? 0) { calls.append(choices.map { $0.hostile[number % $0.hostile.count] }) }
        return calls
    }

    private static let setup = """
        INSERT INTO dailies.roles (slug, title) VALUES ('r', 'R');
        INSERT INTO dailies.questions (role_id, key, position) VALUES (1, 'q', 1);
        INSERT INTO dailies.question_versions (question_id, version, prompt, key_points, anchor_1, anchor_3, anchor_5)
        VALUES (1, 1, 'p', '{k}', '1', '3', '5');
        INSERT INTO dailies.candidates (name, email) VALUES ('c', 'c@example.org');
        INSERT INTO dailies.interviews (role_id, candidate_id) VALUES (1, 1);
        INSERT INTO dailies.responses (interview_id, question_id, recording_key) VALUES (1, 1, 'k');
        INSERT INTO dailies.job_history (id, kind, payload, priority, fair_key, outcome, attempt, failures, crashes, created_at, timeline)
        VALUES (700, 'noop', '{}', 0, 0, 'discarded', 1, 0, 0, now(), '[]');
        """

    /// What no account may bring about, in words.
    private static let harm: PostgresQuery = """
        SELECT 'the history of today is gone' WHERE NOT EXISTS (SELECT FROM dailies.job_history WHERE id = 700)
        UNION ALL SELECT 'days were made or dropped' FROM pg_inherits WHERE inhparent = 'dailies.job_history'::regclass
            HAVING count(*) NOT BETWEEN 9 AND 16
        UNION ALL SELECT 'a day is no day of UTC' FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
            WHERE i.inhparent = 'dailies.job_history'::regclass AND c.relname <> 'job_history_default'
              AND strpos(pg_get_expr(c.relpartbound, c.oid), to_char(to_date(right(c.relname, 8), 'YYYYMMDD'), 'YYYY-MM-DD') || ' 00:00:00+00') = 0
        UNION ALL SELECT 'an answer is gone' WHERE NOT EXISTS (SELECT FROM dailies.responses WHERE id = 1)
        UNION ALL SELECT 'a take is out of bounds' FROM dailies.responses WHERE take > 1000
        UNION ALL SELECT 'a timeline is long' FROM dailies.jobs WHERE pg_column_size(timeline) > 100000
        UNION ALL SELECT 'the trail names nobody' FROM dailies.audit_events a
            WHERE a.reviewer_id IS NOT NULL AND NOT EXISTS (SELECT FROM dailies.reviewers v WHERE v.id = a.reviewer_id)
        """
}
