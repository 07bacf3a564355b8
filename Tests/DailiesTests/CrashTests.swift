import Foundation
import LocalPostgres
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// What `kill -9` does to the product: nothing that lasts. Each test kills the real thing in the middle of real work.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct CrashTests {
    @Test func `a worker that is killed during a job loses nothing and does nothing twice`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(24))
            for mark in [1, 6, 12] {
                try await product.running("work", "--slots", "3") { worker in
                    try await product.until(
                        """
                        SELECT (SELECT count(*) FROM dailies.review_records) >= \(mark)
                           AND EXISTS (SELECT FROM dailies.jobs WHERE state = 'running')
                        """)
                    kill(worker, SIGKILL)
                }
            }
            #expect(try await product.value("SELECT count(*) FROM dailies.jobs WHERE state = 'running'", as: Int.self) > 0)
            let ending = try await product.run("up", "--once")
            #expect(ending.code == 0, "\(ending.error)")
            try await product.expectWhole(responses: 24)
            #expect(try await product.value("SELECT count(*) FROM dailies.review_records WHERE outcome = 'usable'") == 24)
            #expect(
                try await product.value("SELECT count(*) FROM dailies.job_history WHERE timeline::text LIKE '%rescued%'", as: Int.self) > 0)
        }
    }

    @Test func `a job whose inspector is killed is retried, and other jobs do not notice`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(24))
            try await product.running("work", "--slots", "3") { worker in
                var killed: Set<pid_t> = []
                while killed.count < 3 {
                    for inspector in ProcessTree.inspectors(of: worker) where killed.count < 3 && !killed.contains(inspector) {
                        if kill(inspector, SIGKILL) == 0 { killed.insert(inspector) }
                    }
                    try Task.checkCancellation()
                    await Task.yield()
                }
                try await product.until("SELECT count(*) = 24 FROM dailies.review_records")
                kill(worker, SIGTERM)
            }
            try await product.expectWhole(responses: 24)
            #expect(
                try await product.value("SELECT count(*) FROM dailies.job_history WHERE timeline::text LIKE '%SIGKILL%'", as: Int.self) > 0)
        }
    }

    @Test func `a fork server killed in mid-job is replaced`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(16))
            try await product.running("work", "--slots", "2") { worker in
                try await product.until("SELECT count(*) >= 2 FROM dailies.review_records")
                for server in ProcessTree.children(of: worker) { kill(server, SIGKILL) }
                try await product.until("SELECT count(*) = 16 FROM dailies.review_records")
                kill(worker, SIGTERM)
            }
            try await product.expectWhole(responses: 16)
            #expect(try await product.value("SELECT count(*) FROM dailies.review_records WHERE outcome = 'usable'") == 16)
        }
    }

    @Test func `PostgreSQL killed in mid-job comes back, and the work goes on`() async throws {
        try await TemporaryFolder.with { folder in
            // The private server this time, with full durability, watched over by `dailies up` itself.
            let server = LocalPostgres(configuration: .init(folder: folder.appending("postgres")))
            let pool = PostgresPool(PostgresConfiguration(try await server.start()), limit: 2)
            let product = Product(data: folder, pool: pool, flags: ["--data", folder.string])
            try await product.bringIn(Product.recordings(24))
            let status = try await product.running("up", "--once") { _ in
                for mark in [2, 8] {
                    try await product.patiently { try await product.until("SELECT count(*) >= \(mark) FROM dailies.review_records") }
                    kill(try #require(ProcessTree.postmaster(of: folder)), SIGKILL)
                }
            }
            #expect(status == .exited(0))
            try await product.patiently { try await product.expectWhole(responses: 24) }
            await pool.close()
            await server.stop()
        }
    }

    @Test func `two workers started together never do a response twice`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(30))
            try await product.running("work", "--slots", "2") { first in
                try await product.running("work", "--slots", "2") { second in
                    try await product.until("SELECT count(*) = 30 FROM dailies.review_records")
                    kill(second, SIGTERM)
                }
                kill(first, SIGTERM)
            }
            try await product.expectWhole(responses: 30)
            #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE attempt <> 1") == 0)
            let workers: Int = try await product.value("SELECT count(DISTINCT worker) FROM dailies.job_history")
            #expect(workers == 2, "both took part")
        }
    }

    @Test func `a worker told to stop finishes what it runs and leaves the rest`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(20))
            let status = try await product.running("work", "--slots", "2") { worker in
                try await product.until("SELECT count(*) >= 3 FROM dailies.review_records")
                kill(worker, SIGTERM)
            }
            #expect(status == .exited(0))
            #expect(try await product.value("SELECT count(*) FROM dailies.jobs WHERE state = 'running'") == 0)
            #expect(try await product.value("SELECT count(*) FROM dailies.workers") == 0)
            #expect(try await product.value("SELECT count(*) FROM dailies.jobs", as: Int.self) > 0)
        }
    }
}
