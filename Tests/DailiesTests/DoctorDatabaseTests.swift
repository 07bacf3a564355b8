import Foundation
import LocalPostgres
import Postgres
import SystemPackage
import TestSupport
import Testing

@testable import Dailies

/// What doctor finds in a database that an administrator, another program or an upgrade of the system has changed.
@Suite(.tags(.database, .program, .server), .timeLimit(.minutes(10)))
struct DoctorDatabaseTests {
    private static func examination() async throws -> Examination {
        let reader = try await SettingsReader(flags: [:], environment: [:], file: nil)
        return Examination(
            application: Application(settings: try Settings(reader: reader, environment: [:], isRoot: false, cores: 2)))
    }

    private static func expect(_ lines: [String], in said: String, line: Int = #line) {
        for wanted in lines { #expect(said.contains(wanted), "line \(line): \(wanted) is not in:\n\(said)") }
    }

    @Test func `a database that nobody has changed has nothing to be told of`() async throws {
        try await Product.with { product in
            let said = try await product.run("doctor").output
            Self.expect(
                [
                    "ok      transactions: none is in the way",
                    "ok      rights: the account dailies_operator has all that dailies_operator needs",
                    "ok      answers: each has its job or its review record",
                ], in: said)
            #expect(!said.contains("problem settings") && !said.contains("triggers:") && !said.contains("encoding"), "\(said)")
        }
    }

    @Test func `settings of an account and of the database, disabled triggers and unchecked foreign keys are found`() async throws {
        try await Product.with { product in
            let name = try #require(product.pool.configuration.connection.target.database)
            try await product.pool.withConnection { connection in
                try await connection.script(
                    """
                    ALTER DATABASE "\(name)" SET synchronous_commit = off;
                    ALTER ROLE dailies_intake IN DATABASE "\(name)" SET session_replication_role = replica;
                    ALTER ROLE dailies_site IN DATABASE "\(name)" SET default_transaction_read_only = on;
                    ALTER TABLE dailies.responses DISABLE TRIGGER responses_are_enqueued;
                    ALTER TABLE dailies.ratings DISABLE TRIGGER ALL;
                    """)
            }
            let said = try await product.run("doctor")
            Self.expect(
                [
                    "problem settings: synchronous_commit is off for the database \(name): what other programs write there may be lost",
                    "ALTER DATABASE \(name) RESET synchronous_commit.",
                    "problem settings: session_replication_role is replica for the account dailies_intake: no trigger runs",
                    "ALTER ROLE dailies_intake IN DATABASE \(name) RESET session_replication_role.",
                    "problem settings: default_transaction_read_only is on for the account dailies_site",
                    "problem triggers: triggers of dailies.responses are disabled: responses_are_enqueued",
                    "problem triggers: foreign keys of dailies.ratings are not checked",
                    "ALTER TABLE dailies.responses ENABLE TRIGGER ALL",
                ], in: said.output)
            #expect(said.code == 78)
        }
    }

    @Test func `an encoding that does not hold all names is found`() async throws {
        try await TestDatabase.withDatabase(migrated: false, options: "ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C'") { conninfo in
            let found = try await Self.examination().changes(try await PostgresConnection.connect(conninfo))
            #expect(found.contains(Examination.encoding("LATIN1")) && Examination.encoding("LATIN1").isProblem)
        }
    }

    @Test func `a collation of another version than the system's is found, the database's and a column's`() async throws {
        try await TestDatabase.withDatabase(migrated: false, options: "LOCALE_PROVIDER icu ICU_LOCALE 'en' LOCALE 'C' ENCODING 'UTF8'") {
            conninfo in
            let connection = try await PostgresConnection.connect(conninfo)
            try await connection.script(
                """
                CREATE SCHEMA dailies;
                CREATE COLLATION dailies.german (PROVIDER = icu, LOCALE = 'de');
                CREATE TABLE dailies.names (name text COLLATE dailies.german);
                """)
            let examination = try await Self.examination()
            let before = try await examination.changes(connection)
            #expect(!before.contains { $0.text.contains("collation") }, "\(before)")
            try await connection.script(
                """
                UPDATE pg_database SET datcollversion = '1.2.3' WHERE datname = current_database();
                UPDATE pg_collation SET collversion = '1.2.3' WHERE collname = 'german';
                """)
            let found = try await examination.changes(connection).filter(\.isProblem)
            #expect(
                found.contains { $0.text.hasPrefix("the database's collation was made with version 1.2.3, and the system has ") },
                "\(found)")
            #expect(found.contains { $0.remedy?.contains("ALTER COLLATION dailies.german REFRESH COLLATION VERSION") == true }, "\(found)")
        }
    }

    @Test func `each right that an account lacks is named, and migrating gives it back`() async throws {
        try await Product.with { product in
            try await product.pool.withConnection { connection in
                try await connection.script(
                    """
                    REVOKE INSERT ON dailies.review_records FROM dailies_worker;
                    REVOKE EXECUTE ON FUNCTION dailies.complete_jobs(uuid, bigint[], integer[]) FROM dailies_worker;
                    REVOKE SELECT ON SEQUENCE dailies.maintenance_turns FROM dailies_worker;
                    REVOKE SELECT (attempt) ON dailies.job_history FROM dailies_worker;
                    """)
            }
            var worker = product.reached(by: DatabaseAccount.worker.reaching(product.pool.configuration.connection.connectionString))
            worker.hasAccounts = false
            let said = try await worker.run("doctor")
            Self.expect(
                [
                    "problem rights: the account dailies_worker lacks ", "INSERT on dailies.review_records",
                    "EXECUTE on dailies.complete_jobs",
                    "SELECT on dailies.maintenance_turns", "SELECT (attempt) on dailies.job_history",
                    "Run `dailies migrate` as dailies_migration",
                ], in: said.output)
            #expect(said.code == 78)
            try await product.pool.withConnection { connection in
                try await connection.script("REVOKE USAGE ON SCHEMA dailies FROM dailies_worker")
            }
            Self.expect(["USAGE on dailies"], in: try await worker.run("doctor").output)
            #expect(try await product.run("migrate").code == 0)
            Self.expect(
                ["ok      rights: the account dailies_worker has all that dailies_worker needs"], in: try await worker.run("doctor").output)
        }
    }

    @Test(arguments: DatabaseAccount.allCases.filter { $0 != .migration })
    func `the accounts that a deployment makes lack nothing`(account: DatabaseAccount) async throws {
        try await TestDatabase.withDatabase { conninfo in
            let connection = try await PostgresConnection.connect(account.reaching(conninfo))
            let found = try await Self.examination().rights(connection)
            #expect(found == [.fine("rights", "the account \(account.name) has all that \(account.name) needs")])
        }
    }

    @Test func `a transaction that stands open is told with its session, and none of its values`() async throws {
        try await TestDatabase.withDatabase { conninfo in
            let open = try await PostgresConnection.connect(DatabaseAccount.operator.reaching(conninfo) + " application_name=a-program")
            try await open.script("BEGIN; UPDATE dailies.candidates SET name = 'Ada Example'")
            let pid: Int = try await open.query("SELECT pg_backend_pid()").one().decode(at: 0)
            try await open.script("INSERT INTO dailies.candidates (name, email) VALUES ('Grace Example', 'grace@example.org')")
            let reading = try await PostgresConnection.connect(DatabaseAccount.worker.reaching(conninfo))
            try await reading.script("BEGIN; SELECT 'Ada Example'")
            var limits = Examination.TransactionLimits()
            let examination = try await Self.examination()
            let watching = try await PostgresConnection.connect(DatabaseAccount.operator.reaching(conninfo))
            #expect(try await examination.transactions(watching, limits: limits) == [.fine("transactions", "none is in the way")])
            limits.idle = .zero
            let found = try await examination.transactions(watching, limits: limits)
            let text = found.map { $0.rendered() }.joined()
            Self.expect(
                [
                    "problem transactions: session \(pid) of dailies_operator (a-program) has left a transaction open for ",
                    "its last statement begins with INSERT INTO dailies.candidates. It has written",
                    "SELECT pg_terminate_backend(\(pid))",
                    "note    transactions: session ", " of dailies_worker",
                ], in: text)
            #expect(!text.contains("Ada") && !text.contains("race"), "\(text)")
            let monitor = try await PostgresConnection.connect(DatabaseAccount.monitor.reaching(conninfo))
            let blind = try await examination.transactions(monitor, limits: limits)
            #expect(blind.contains { $0.verdict == .note && $0.text.contains("may not see the sessions of other accounts") }, "\(blind)")
        }
    }

    @Test func `prepared transactions, slots that keep WAL, and silent inserts are found`() async throws {
        try await TemporaryFolder.with { folder in
            let server = LocalPostgres(
                configuration: .init(
                    folder: folder.appending("postgres"), settings: ["max_prepared_transactions": "3", "autovacuum": "off"],
                    durability: .none))
            let conninfo = try await server.start()
            do {
                let connection = try await PostgresConnection.connect(conninfo)
                try await connection.script("BEGIN; CREATE TABLE names (name text); PREPARE TRANSACTION 'it''s 4711'")
                try await connection.script("SELECT pg_create_physical_replication_slot('forgotten', true)")
                let examination = try await Self.examination()
                var limits = Examination.TransactionLimits()
                #expect(try await examination.transactions(connection, limits: limits) == [.fine("transactions", "none is in the way")])
                limits.idle = .zero
                limits.retainedWALBytes = -1
                let text = try await examination.transactions(connection, limits: limits).map { $0.rendered() }.joined()
                Self.expect(
                    [
                        "problem transactions: the transaction 'it''s 4711' of dailies was prepared ", "ROLLBACK PREPARED 'it''s 4711'",
                        "problem transactions: the replication slot forgotten keeps ", "and nobody reads it",
                        "SELECT pg_drop_replication_slot('forgotten')",
                    ], in: text)
                let changes = try await examination.changes(connection)
                #expect(changes.contains(Examination.silentInserts))
                #expect(changes.contains { $0.text.hasPrefix("autovacuum is off for the whole server") })
                try await connection.script("ALTER DATABASE dailies SET dailies.announce_inserts = 'on'")
                let again = try await examination.changes(try await PostgresConnection.connect(conninfo))
                #expect(!again.contains(Examination.silentInserts))
                try await connection.script("ROLLBACK PREPARED 'it''s 4711'")
            } catch {
                await server.stop()
                throw error
            }
            await server.stop()
        }
    }

    @Test func `a full queue of notifications is a problem for every program`() {
        let finding = Examination.notificationQueue(0.634)
        #expect(finding.isProblem && finding.text.contains("63 % full") && finding.remedy?.contains("xact_start") == true)
    }

    @Test func `of a statement only the first names are told`() {
        for (sql, beginning) in [
            ("UPDATE dailies.candidates SET name = 'Ada'", "UPDATE dailies.candidates SET name"), ("SELECT 'Ada'", "SELECT"),
            ("  select\n\tsubmit('Ada Example')", "select"), ("/* Ada */ SELECT 1", "a statement"), ("", "a statement"),
            ("DELETE FROM t WHERE id = 1", "DELETE FROM t WHERE"), ("SELECT 4711", "SELECT"),
        ] {
            #expect(StatementBeginning(sql).description == beginning)
        }
    }

    @Test func `answers without a job are a problem, jobs without an answer a note, and the rest is fine`() {
        let found = Examination.answers(withoutJob: [3, 4, 5, 6, 7, 8], jobsWithoutAnswer: [9], looksAtAll: true)
        #expect(found.map(\.verdict) == [.problem, .note])
        #expect(found[0].text.hasPrefix("6 wait without a job: 3, 4, 5, 6, 7, …"))
        let many = Examination.answers(withoutJob: Array(1...1000), jobsWithoutAnswer: [], looksAtAll: false)
        #expect(many.count == 1 && many[0].text.hasPrefix("1000 or more"))
        #expect(Examination.answers(withoutJob: [], jobsWithoutAnswer: [], looksAtAll: false)[0].text.hasSuffix("of the newest million"))
    }
}
