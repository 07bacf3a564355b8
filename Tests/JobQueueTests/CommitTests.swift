import Foundation
import JobQueue
import Logging
import Postgres
import TestSupport
import Testing

/// A connection that breaks while the end of a job is on its way: did it happen or not? Whatever the byte at which it breaks,
/// nothing is lost and nothing done twice.
@Suite(.tags(.database), .timeLimit(.minutes(10)))
struct CommitTests {
    @Test func `a connection cut at any byte of a job's end loses nothing and doubles nothing`() async throws {
        try await withProxy(exchanges: "BEGIN", to: "COMMIT") { bench, proxy in
            // Ids of one length, so that every exchange has the bytes of the recorded one.
            try await bench.execute("ALTER TABLE dailies.jobs ALTER COLUMN id RESTART WITH 100000")
            // One slot each, so that every exchange ends one job.
            let workers = (0..<10).map { _ in
                bench.worker { claim in
                    .completed { connection in try await connection.execute("INSERT INTO effects (job) VALUES (\(claim.id))") }
                }
            }
            try await bench.insert(1)
            try await bench.run([workers[0]]) { try await bench.until("SELECT count(*) = 1 FROM dailies.job_history") }
            let recorded = try #require(proxy.exchanges.first)
            #expect(recorded.toServer > 200 && recorded.toClient > 100, "\(recorded)")

            let cuts =
                (0...recorded.toServer).map { PostgresProxy.Cut(.toServer, after: $0) }
                + (0...recorded.toClient).map { PostgresProxy.Cut(.toClient, after: $0) }
            proxy.plan(cuts)
            let jobs = cuts.count
            try await bench.insert(jobs)
            try await bench.run(workers) { try await bench.until("SELECT count(*) = 0 FROM dailies.jobs") }
            #expect(proxy.made == cuts.count)
            #expect(try await bench.value("SELECT count(*) FROM effects") == jobs + 1)
            #expect(try await bench.value("SELECT count(DISTINCT job) FROM effects") == jobs + 1)
            #expect(try await bench.value("SELECT count(*) FROM dailies.job_history WHERE outcome = 'completed'") == jobs + 1)
            #expect(try await bench.value("SELECT count(DISTINCT id) FROM dailies.job_history") == jobs + 1)
            // The outcome was looked up and acted on by the worker that held the claim; nobody had to rescue it. A connection that is
            // cut just behind the answer may take the next claim with it; that one is given back when the worker is found not to know of it.
            let unexplained = try await bench.pool.query(
                """
                SELECT dailies.whole_timeline(h)::text FROM dailies.job_history h
                WHERE attempt <> 1 AND timeline #>> '{0,error}' IS DISTINCT FROM 'the claim never reached its worker'
                """, as: String.self)
            #expect(unexplained.isEmpty)
            print("cut \(cuts.count) times: \(recorded.toServer) bytes to the server, \(recorded.toClient) back")
        }
    }

    /// A bench whose pool goes through a proxy; the lease and the tests' own questions go straight to the server.
    private func withProxy(exchanges begin: String, to end: String, _ body: (QueueBench, PostgresProxy) async throws -> Void) async throws {
        try await TestDatabase.withDatabase { conninfo in
            try await TemporaryFolder.with { folder in
                let proxy = try PostgresProxy(before: conninfo, in: folder, from: begin, to: end)
                var direct = PostgresConfiguration(conninfo)
                direct.logger.logLevel = .critical
                var proxied = PostgresConfiguration(proxy.conninfo)
                proxied.logger.logLevel = .critical
                let bench = QueueBench(
                    database: direct, pool: PostgresPool(direct, limit: 4), workersPool: PostgresPool(proxied, limit: 44))
                try await bench.execute("CREATE TABLE effects (job bigint)")
                try await body(bench, proxy)
                await bench.workersPool.close()
                await bench.pool.close()
                proxy.close()
            }
        }
    }
}
