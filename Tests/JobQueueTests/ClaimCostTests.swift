import Postgres
import TestSupport
import Testing

@testable import JobQueue

/// What a claim reads does not depend on how many jobs there are. Measured in pages of the database, which do not depend on the machine.
@Suite(.tags(.database), .timeLimit(.minutes(5)))
struct ClaimCostTests {
    /// The pages that one statement reads, its functions' statements included.
    private func pages(_ statement: String, on bare: BareQueue) async throws -> Int {
        let lines = try await bare.queue.pool.query(
            PostgresQuery(verbatim: "EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) \(statement)"), as: String.self)
        let line = try #require(lines.first { $0.contains("Buffers: shared") })
        return line.split(separator: " ").compactMap { part in
            part.hasPrefix("hit=") || part.hasPrefix("read=") ? Int(part.split(separator: "=")[1]) : nil
        }.reduce(0, +)
    }

    /// Scheduled jobs of two kinds that became due in no order.
    private func scheduleDue(_ count: Int, on bare: BareQueue) async throws {
        try await bare.execute(
            """
            INSERT INTO dailies.jobs (kind, state, due_at)
            SELECT CASE WHEN n % 2 = 0 THEN 'noop' ELSE 'other' END, 'scheduled', now() - (n * 7919 % 100000) * interval '1 millisecond'
            FROM generate_series(1, \(count)) AS n
            """)
    }

    @Test(arguments: ["dailies.claim_jobs('WORKER', '{noop,other}', 8)", "dailies.announce_waiting_jobs('{noop,other}')"])
    func `the pages that it reads do not grow with the number of scheduled jobs that are due`(call: String) async throws {
        var read: [Int] = []
        for count in [4_000, 40_000] {
            try await BareQueue.with { bare in
                try await scheduleDue(count, on: bare)
                let statement = "SELECT count(*) FROM " + call.replacing("WORKER", with: "\(bare.worker)")
                // The first pays for the plans.
                _ = try await pages(statement, on: bare)
                read.append(try await pages(statement, on: bare))
            }
        }
        #expect(Double(read[1]) < Double(read[0]) * 1.5, "pages with 4,000 and with 40,000 due: \(read)")
    }

    @Test func `due jobs of every kind are claimed, the first that were due before the others`() async throws {
        try await BareQueue.with { bare in
            try await bare.execute(
                """
                INSERT INTO dailies.jobs (kind, state, due_at)
                SELECT kind, 'scheduled', now() - n * interval '1 minute' FROM unnest('{noop,other}'::text[]) AS kind, generate_series(1, 150) AS n
                """)
            // The hundred of each kind that have been due for longest join their lanes, the others stay.
            #expect(try await bare.queue.claim(worker: bare.worker, kinds: ["noop", "other"], limit: 8).count == 8)
            #expect(
                try await bare.value(
                    "SELECT count(*) FROM dailies.jobs WHERE state = 'scheduled' AND due_at < now() - interval '50.5 minutes'") == 0)
            #expect(try await bare.value("SELECT count(*) FROM dailies.jobs WHERE state = 'scheduled'") == 100)
            // Maintenance brings all others.
            _ = try await bare.queue.runMaintenance(worker: bare.worker, held: [], announcing: ["noop", "other"])
            #expect(try await bare.value("SELECT count(*) FROM dailies.jobs WHERE state = 'scheduled'") == 0)
            #expect(try await bare.queue.claim(worker: bare.worker, kinds: ["noop", "other"], limit: 1000).count == 292)
        }
    }

    @Test func `whether jobs are there is one step down the index, however many there are`() async throws {
        try await BareQueue.with { bare in
            try await bare.insert(50_000)
            let statement = "SELECT count(*) FROM (SELECT FROM dailies.jobs ORDER BY lane, kind, due_at, id LIMIT 1) AS first"
            #expect(try await pages(statement, on: bare) < 20)
        }
    }
}
