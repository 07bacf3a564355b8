import Foundation
import JobQueue
import Postgres
import SystemPackage
import TestSupport
import Testing

/// The database's clock is the only one that decides. It is set back and forward here while workers work, and nothing may wait for it to come
/// to where it was, which would take an hour, or count as a failure.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct DatabaseClockTests {
    private func withProduct(_ body: (Product, DatabaseClock) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            try await DatabaseClock.with(in: folder) { clock in
                let pool = PostgresPool(PostgresConfiguration(clock.conninfo), limit: 4)
                let product = Product(data: folder, pool: pool, flags: ["--data", folder.string], hasAccounts: true)
                    .reached(by: clock.conninfo)
                try await body(product, clock)
                await pool.close()
            }
        }
    }

    @Test func `set back by an hour: the dead are rescued, lanes claim, plans keep their distance, and figures tell what waits`()
        async throws
    {
        try await withProduct { product, clock in
            try await product.bringIn(Product.recordings(1))
            try await product.withWorker { worker in
                try await product.until("SELECT count(*) = 1 FROM dailies.review_records")
                try worker.holdInspections()
                try await product.bringIn(Product.recordings(1), from: 2)
                try await product.until("SELECT count(*) = 1 FROM dailies.jobs WHERE state = 'running'")
                worker.send(SIGKILL)
            }
            // One that is planned, by the clock as it is.
            try await product.bringIn(Product.recordings(1), from: 3)
            try await product.pool.execute(
                """
                UPDATE dailies.jobs SET state = 'scheduled', lane = 1000, due_at = now() + interval '15 seconds' WHERE state = 'available'
                """)
            try clock.set(to: .zero)
            #expect(try await product.value("SELECT bool_and(beaten_at > now() + interval '59 minutes') FROM dailies.workers"))
            try await product.bringIn(Product.recordings(2), from: 4)
            let gauges = try await JobQueue(pool: product.pool).gauges()
            #expect(gauges.jobs == ["available": 2, "running": 1, "scheduled": 1])
            try await product.withWorker { worker in
                try await product.until("SELECT count(*) = 5 FROM dailies.review_records")
                #expect(worker.count("the database's clock was set back") == 1, "\(worker.said)")
                #expect(worker.count("rescued the jobs of a dead worker") == 1)
                #expect(worker.losses == 0)
            }
            try await product.expectWhole(responses: 5)
            #expect(try await product.value("SELECT sum(failures + crashes) = 0 FROM dailies.job_history"))
        }
    }

    @Test func `set back while a worker works: it goes on, and is not declared dead`() async throws {
        try await withProduct { product, clock in
            try await product.bringIn(Product.recordings(1))
            try await product.withWorker { worker in
                try await product.until("SELECT count(*) = 1 FROM dailies.review_records")
                let before: UUID = try await product.value("SELECT id FROM dailies.workers")
                try clock.set(to: .zero)
                try await product.bringIn(Product.recordings(4), from: 2)
                try await product.until("SELECT count(*) = 5 FROM dailies.review_records")
                try await until { worker.count("the database's clock was set back") == 1 }
                #expect(try await product.value("SELECT id FROM dailies.workers") == before)
                #expect(worker.losses == 0, "\(worker.said)")
            }
            try await product.expectWhole(responses: 5)
        }
    }

    @Test
    func `set forward by ten days: each worker is declared dead once at most, nothing counts as a failure, and the history has its days`()
        async throws
    {
        try await withProduct { product, clock in
            try await product.bringIn(Product.recordings(6))
            try await product.withWorkers(2) { workers in
                try await product.until("SELECT count(*) >= 2 FROM dailies.review_records")
                try clock.set(to: .seconds(10 * 86_400))
                try await product.bringIn(Product.recordings(6), from: 2)
                try await product.until("SELECT count(*) = 12 FROM dailies.review_records")
                try await product.until("SELECT NOT dailies.lacks_job_history()")
                try await product.until("SELECT count(*) = 2 FROM dailies.workers WHERE beaten_at > now() - lease")
                for worker in workers { #expect(worker.losses <= 1, "\(worker.said)") }
            }
            try await product.expectWhole(responses: 12)
            #expect(try await product.value("SELECT sum(failures + crashes) = 0 FROM dailies.job_history"))
        }
    }
}
