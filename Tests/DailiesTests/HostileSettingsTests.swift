import Foundation
import Postgres
import SystemPackage
import TestSupport
import Testing

/// The product's main way in a database on which an administrator has set what other programs like.
@Suite(.tags(.database, .program, .server), .timeLimit(.minutes(10)))
struct HostileSettingsTests {
    @Test func `everything works, whatever is set on the database`() async throws {
        try await Product.with(migrated: false) { product in
            try await makeHostile(product)
            try await expectMainWay(of: product)
        }
    }

    @Test func `everything works through a pooler, too`() async throws {
        try await Product.with(migrated: false) { direct in
            try await makeHostile(direct)
            let conninfo = direct.pool.configuration.connection.connectionString
            try await PgBouncer.with(inFrontOf: conninfo, folder: direct.data) { bouncer in
                try await expectMainWay(of: direct.reached(by: bouncer.conninfo))
                try await expectSettings(through: bouncer)
            }
        }
    }

    private func makeHostile(_ product: Product) async throws {
        try await PostgresConnection.connect(product.pool.configuration.connection.connectionString).script(HostileSettings.statement)
    }

    private func expectMainWay(of product: Product) async throws {
        func run(_ arguments: String...) async throws -> String {
            let ending = try await product.run(arguments)
            #expect(ending.code == 0, "\(arguments): \(ending.error)")
            return ending.output.trimmingCharacters(in: .whitespacesAndNewlines)
        }
        _ = try await run("migrate")
        try await product.bringIn(Product.recordings(5))
        try await product.running("work", "--slots", "2") { worker in
            try await product.until("SELECT count(*) = 5 FROM dailies.review_records")
            kill(worker, SIGTERM)
        }
        try await product.expectWhole(responses: 5)
        #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE attempt > 1 OR failures + crashes > 0") == 0)
        // Days are those of UTC, as every other worker makes and drops them.
        let bounds: PostgresQuery = """
            SELECT pg_get_expr(relpartbound, c.oid) FROM pg_inherits JOIN pg_class c ON c.oid = inhrelid
            WHERE inhparent = 'dailies.job_history'::regclass AND relpartbound IS NOT NULL
            """
        let days = try await product.pool.query(bounds, as: String.self).filter { $0.contains("FROM") }
        #expect(!days.isEmpty && days.allSatisfy { $0.matches(of: /00:00:00\+00/).count == 2 }, "\(days)")
        _ = try await run("reviewer", "add", "ada@team.example", "--name", "Ada", "--admin")
        let token = try await run("token", "add", "ada@team.example", "--name", "test", "--scope", "write")
        let response: Int64 = try await product.value("SELECT min(response_id) FROM dailies.review_records WHERE outcome = 'usable'")
        try await product.withSite { address in
            for score in 1...3 {
                let status = try await product.rate(response, score, at: address, token: token)
                #expect(status == "200")
                #expect(try await product.value("SELECT max(score)::bigint FROM dailies.ratings") == score)
            }
        }
    }

    /// Each statement and each transaction has the settings, whichever session it gets, and the sessions keep none of them.
    private func expectSettings(through bouncer: PgBouncer) async throws {
        let asked: PostgresQuery = """
            SELECT concat_ws(' ', current_setting('statement_timeout'), current_setting('lock_timeout'),
                current_setting('idle_in_transaction_session_timeout'), current_setting('transaction_isolation'),
                current_setting('search_path'), current_setting('IntervalStyle'), current_setting('bytea_output'),
                current_setting('TimeZone'), current_setting('DateStyle'), current_setting('client_encoding'))
            """
        let expected = "0 0 0 read committed public, pg_temp postgres hex UTC ISO, MDY UTF8"
        let connection = try await PostgresConnection.connect(bouncer.conninfo)
        #expect(connection.isPooled)
        #expect(try await connection.query(asked, as: String.self) == [expected])
        let within = try await connection.transaction { try await $0.query(asked, as: String.self) }
        #expect(within == [expected])
        await #expect(throws: PostgresError.self) { try await connection.query("SELECT 1/0") }
        #expect(try await connection.query(asked, as: String.self) == [expected], "after an error")
        let stopped = Task { [conninfo = bouncer.conninfo] in
            let connection = try await PostgresConnection.connect(conninfo)
            let error = await #expect(throws: PostgresError.self) { try await connection.query("SELECT pg_sleep(600)") }
            return (error?.isCancellation, connection.isBroken)
        }
        try await until(
            "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND datname = current_database())", on: connection)
        stopped.cancel()
        let (isCancelled, isBroken) = try await stopped.value
        #expect(isCancelled == true && !isBroken)
        // A script has what the sessions have, and that is still what the administrator wants.
        try await connection.script(
            """
            DO $$ BEGIN
                ASSERT current_setting('statement_timeout') = '1s' AND current_setting('search_path') = 'pg_catalog', 'left behind';
            END $$
            """)
    }
}
