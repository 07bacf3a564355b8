import Foundation
import Postgres
import SystemPackage
import TestSupport
import Testing

/// What the accounts of a deployment may do, and what they may not. That they may do what they have to is shown by all other tests, whose
/// commands go to the database as the account that is meant for them.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct DatabaseAccountTests {
    /// What an account must not do, with the words in which PostgreSQL refuses.
    struct Refusal: CustomTestStringConvertible, Sendable {
        var account: DatabaseAccount
        var statement: String

        var testDescription: String { "\(account.name): \(statement)" }
    }

    static let refusals: [Refusal] =
        [
            (.worker, "SELECT name FROM dailies.candidates"), (.worker, "SELECT email FROM dailies.reviewers"),
            (.worker, "SELECT * FROM dailies.sessions"), (.worker, "SELECT * FROM dailies.known_browsers"),
            (.intake, "SELECT * FROM dailies.duplicate_addresses"), (.site, "UPDATE dailies.reviewers SET email = 'x@y'"),
            (.worker, "SELECT score FROM dailies.ratings"),
            (.worker, "SELECT * FROM dailies.visible_interviews"), (.worker, "SELECT * FROM dailies.answers"),
            (.worker, "UPDATE dailies.responses SET recording_key = 'x'"), (.worker, "DELETE FROM dailies.review_records"),
            (.worker, "UPDATE dailies.review_records SET report = '{}'"), (.worker, "DELETE FROM dailies.added_artifacts"),
            (.worker, "INSERT INTO dailies.jobs (kind) VALUES ('x')"),
            (.worker, "INSERT INTO dailies.audit_events (action) VALUES ('a.b')"),
            (.worker, "UPDATE dailies.reconciliation SET looked_at = now()"), (.worker, "SELECT dailies.give_jobs('{1}')"),
            (.worker, "DELETE FROM dailies.outbox"), (.site, "SELECT dailies.prune_outbox('2 days', 10)"),
            (.monitor, "SELECT * FROM dailies.look_after_answers()"), (.operator, "UPDATE dailies.reconciliation SET jobs_given = 0"),
            (.worker, "DROP TABLE dailies.job_history_default"), (.worker, "CREATE TABLE dailies.mine ()"),
            (.worker, "SELECT dailies.retry_jobs('{1}', 'x')"), (.worker, "SELECT dailies.retry_work('{1}', 'x', 1)"),
            (.worker, "SELECT dailies.reinspect_responses('{1}', 'x', 1)"), (.intake, "SELECT dailies.reinspect_responses('{1}', 'x', 1)"),
            (.site, "SELECT dailies.replace_review(1, '{}')"), (.site, "SELECT dailies.await_file(1, 1, 1)"),
            (.worker, "UPDATE dailies.storage_identity SET id = gen_random_uuid()"), (.site, "DELETE FROM dailies.storage_identity"),
            (.worker, "INSERT INTO dailies.reinspections (response_id, job_id, why) VALUES (1, 1, 'x')"),
            (.worker, "SELECT report FROM dailies.withdrawn_reviews"), (.site, "SELECT report FROM dailies.withdrawn_reviews"),
            (.site, "SELECT dailies.retry_jobs('{1}', 'x')"), (.intake, "SELECT dailies.retry_work('{1}', 'x', 1)"),
            (.site, "SELECT name FROM dailies.candidates"), (.site, "SELECT score FROM dailies.ratings"),
            (.site, "SELECT fives FROM dailies.current_answers"),
            (.site, "SELECT body FROM dailies.comments"), (.site, "SELECT verdict FROM dailies.decisions"),
            (.site, "SELECT candidate_id FROM dailies.interviews"), (.site, "SELECT * FROM dailies.answers"),
            (.site, "UPDATE dailies.reviewers SET access = 'admin'"),
            (.site, "INSERT INTO dailies.reviewers (email, name) VALUES ('a@b', 'A')"),
            (.site, "INSERT INTO dailies.sign_in_links SELECT '', 1"), (.site, "UPDATE dailies.ratings SET reviewer_id = 1"),
            (.site, "DELETE FROM dailies.ratings"), (.site, "SELECT * FROM dailies.audit_events"),
            (.site, "DELETE FROM dailies.audit_events"),
            (.site, "INSERT INTO dailies.responses (interview_id, question_id, recording_key) VALUES (1, 1, 'x')"),
            (.site, "INSERT INTO dailies.jobs (kind) VALUES ('x')"), (.site, "DELETE FROM dailies.jobs"),
            (.site, "SELECT dailies.claim_jobs(gen_random_uuid(), '{inspect_response}', 1)"),
            (.site, "INSERT INTO dailies.review_records (response_id, report) VALUES (1, '{}')"),
            (.site, "SELECT dailies.drop_job_history('0')"), (.site, "CREATE SCHEMA mine"),
            (.intake, "SELECT name FROM dailies.candidates"), (.intake, "SELECT recording_key FROM dailies.responses"),
            (.intake, "SELECT * FROM dailies.review_records"), (.intake, "SELECT * FROM dailies.jobs"),
            (.intake, "INSERT INTO dailies.jobs (kind) VALUES ('x')"), (.intake, "UPDATE dailies.candidates SET name = 'x'"),
            (.intake, "SELECT dailies.drop_job_history('0')"),
            (.operator, "DELETE FROM dailies.audit_events"), (.operator, "UPDATE dailies.decisions SET reason = 'x'"),
            (.operator, "DROP TABLE dailies.ratings"), (.operator, "ALTER TABLE dailies.ratings ADD COLUMN x integer"),
            (.operator, "DELETE FROM dailies.migrations"),
            (.monitor, "SELECT payload FROM dailies.jobs"), (.monitor, "SELECT * FROM dailies.responses"),
            (.monitor, "SELECT error FROM dailies.job_history"), (.monitor, "UPDATE dailies.jobs SET priority = 0"),
            (.migration, "CREATE ROLE mine"), (.migration, "CREATE DATABASE mine"),
        ].map(Refusal.init)

    @Test(arguments: refusals)
    func `an account is refused what is not its work`(refusal: Refusal) async throws {
        try await TestDatabase.withDatabase { conninfo in
            let connection = try await PostgresConnection.connect(refusal.account.reaching(conninfo))
            let error = await #expect(throws: PostgresError.self) { try await connection.script(refusal.statement) }
            #expect(error?.sqlState == .insufficientPrivilege, "\(String(describing: error))")
        }
    }

    @Test func `another program brings an answer in with the intake's account, by either of the two ways, and it is reviewed`() async throws
    {
        try await Product.with { product in
            try await product.loadRole()
            let storage = product.data.appending("storage/uploads")
            try FileManager.default.createDirectory(atPath: storage.string, withIntermediateDirectories: true)
            try FileManager.default.copyItem(
                atPath: Fixtures.recording("audio-only.webm").string, toPath: storage.appending("a.webm").string)
            let program = try await PostgresConnection.connect(
                DatabaseAccount.intake.reaching(product.pool.configuration.connection.connectionString))
            try await program.script(
                """
                SELECT dailies.submit_response(role => 'deep-learning-engineer', question => '3', candidate_name => 'Ada Example',
                                               candidate_email => 'ada@example.org', recording_key => 'uploads/a.webm');
                INSERT INTO dailies.responses (interview_id, question_id, recording_key)
                SELECT i.id, q.id, 'uploads/a.webm' FROM dailies.interviews i JOIN dailies.questions q USING (role_id) WHERE q.position = 4;
                """)
            try await product.withWorker { _ in try await product.until("SELECT count(*) = 2 FROM dailies.review_records") }
            try await product.expectWhole(responses: 2)
        }
    }

    @Test func `the way of an answer needs no other account: one migrates, one works, one serves, people import and rate`() async throws {
        try await Product.with(migrated: false) { product in
            let migrated = try await product.run("migrate")
            #expect(migrated.code == 0, "\(migrated.error)")
            let again = try await product.run("migrate")
            #expect(again.code == 0, "\(again.error)")
            try await product.bringIn(Product.recordings(3))
            try await product.withWorker { worker in
                try await product.until("SELECT count(*) = 3 FROM dailies.review_records")
                #expect(!worker.said.contains("permission denied"), "\(worker.said)")
            }
            try await product.expectWhole(responses: 3)
            for command in [["answers"], ["status"], ["jobs", "list"], ["queue", "pause"], ["queue", "resume"]] {
                let ending = try await product.run(command)
                #expect(ending.code == 0, "\(command): \(ending.error)")
            }
            let owners: [String] = try await product.pool.query(
                """
                SELECT DISTINCT relowner::regrole::text FROM pg_class
                WHERE relnamespace = 'dailies'::regnamespace AND relkind IN ('r', 'p', 'v', 'S')
                """, as: String.self)
            #expect(owners == ["dailies_migration"], "also of the history's days, which a worker asks for")
        }
    }

    @Test func `a schema that an administrator made is taken over, and gets its rights`() async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            try await TemporaryFolder.with { data in
                let product = Product(
                    data: data, pool: PostgresPool(PostgresConfiguration(conninfo), limit: 1),
                    flags: ["--data", data.string, "--database", conninfo])
                #expect(try await product.run("migrate").code == 0, "as the administrator")
                try await DatabaseAccount.makeAll(on: conninfo)
                try await DatabaseAccount.makeAll(on: conninfo)
                var own = product
                own.hasAccounts = true
                let ending = try await own.run("migrate")
                #expect(ending.code == 0, "\(ending.error)")
                try await own.loadRole()
                await product.pool.close()
            }
            let worker = try await PostgresConnection.connect(DatabaseAccount.worker.reaching(conninfo))
            try await worker.script("SELECT dailies.prepare_job_history()")
        }
    }
}
