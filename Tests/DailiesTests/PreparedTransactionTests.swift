import Foundation
import LocalPostgres
import Migrations
import Postgres
import SystemPackage
import TestSupport
import Testing

/// A program that brings answers in may do so in a transaction that it prepares (PREPARE TRANSACTION), as two-phase commit does.
/// PostgreSQL refuses to prepare a transaction that has notified.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct PreparedTransactionTests {
    /// A product on a server of its own that allows prepared transactions.
    private func withProduct(_ body: (Product, String) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            let server = LocalPostgres(
                configuration: .init(
                    folder: folder.appending("postgres"), settings: ["max_prepared_transactions": "10"], durability: .none))
            let conninfo = try await server.start()
            let pool = PostgresPool(PostgresConfiguration(conninfo), limit: 4)
            do {
                try await DatabaseAccount.makeAll(on: conninfo)
                _ = try await Migrator().apply(on: try await PostgresConnection.connect(conninfo))
                let product = Product(data: folder, pool: pool, flags: ["--data", folder.string], hasAccounts: true).reached(by: conninfo)
                // Its candidates are there, so that what is prepared is the answer alone, and the file is in storage.
                try await product.bringIn(Product.recordings(1))
                try await body(product, conninfo)
            } catch {
                await pool.close()
                await server.stop()
                throw error
            }
            await pool.close()
            await server.stop()
        }
    }

    /// An answer to another question with the recording that is there, in a transaction that is prepared.
    private static func prepared(_ name: String, question: Int) -> String {
        """
        BEGIN;
        SELECT dailies.submit_response('deep-learning-engineer', '\(question)', 'Candidate 1', 'candidate-1@example.org',
            (SELECT recording_key FROM dailies.responses ORDER BY id LIMIT 1));
        PREPARE TRANSACTION '\(name)';
        """
    }

    @Test func `an answer can be brought in by a prepared transaction, whether anybody listens or not`() async throws {
        try await withProduct { product, conninfo in
            // Nobody listens, and the next insert is to notify.
            try await product.pool.execute("SELECT setval('dailies.jobs_wanted', 1000, false)")
            try await PSQL.run(Self.prepared("nobody listens", question: 2), on: conninfo)
            try await PSQL.run("COMMIT PREPARED 'nobody listens'", on: conninfo)
            try await product.withWorker { _ in
                try await product.until("SELECT count(*) = 2 FROM dailies.review_records")
                // The idle worker wants to be told of the next insert.
                try await product.until("SELECT pg_sequence_last_value('dailies.jobs_wanted') IS NULL")
                try await PSQL.run(Self.prepared("a worker listens", question: 3), on: conninfo)
                try await PSQL.run("COMMIT PREPARED 'a worker listens'", on: conninfo)
                try await product.until("SELECT count(*) = 3 FROM dailies.review_records")
                // And an ordinary one.
                try await product.bringIn(Product.recordings(1), from: 2)
                try await product.until("SELECT count(*) = 4 FROM dailies.review_records")
            }
            try await product.expectWhole(responses: 4)
        }
    }

    @Test func `a database whose inserts nobody prepares can say that they notify at once`() async throws {
        try await withProduct { product, conninfo in
            try await PSQL.run("ALTER DATABASE dailies SET dailies.announce_inserts = 'on'", on: conninfo)
            try await PSQL.run("SELECT setval('dailies.jobs_wanted', 1000, false)", on: conninfo)
            await #expect(throws: PSQL.Failure.self) { try await PSQL.run(Self.prepared("refused", question: 2), on: conninfo) }
        }
    }
}
