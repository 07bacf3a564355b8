import Foundation
import LocalPostgres
import Postgres
import SystemPackage
import TestSupport
import Testing

/// A database that cannot be reached for as long as the lease: others may have the worker's jobs then, so it stops what it runs.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct OutageTests {
    @Test func `a worker that is cut off from its database kills its inspectors, and goes on when the database is back`() async throws {
        try await TestDatabase.withDatabase { conninfo in
            try await TemporaryFolder.with { folder in
                let proxy = try PostgresProxy(before: conninfo, in: folder)
                defer { proxy.close() }
                let pool = PostgresPool(PostgresConfiguration(conninfo), limit: 4)
                let product = Product(data: folder, pool: pool, flags: ["--data", folder.string, "--database", conninfo])
                try await product.bringIn(Product.recordings(6))
                try await product.reached(by: proxy.conninfo).withWorker(slots: 2) { worker in
                    let inspector = try await worker.catchInspector()
                    proxy.goAway()
                    try await until { ProcessTree.isGone(inspector) }
                    #expect(worker.said.contains("a beat failed"))
                    proxy.comeBack()
                    try await product.until("SELECT count(*) = 6 FROM dailies.review_records")
                }
                try await product.expectWhole(responses: 6)
                // Nothing that was done before was thrown away, and the inspector's death was not the recording's fault.
                #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE crashes > 0 OR failures > 0") == 0)
                await pool.close()
            }
        }
    }

    @Test func `a worker whose database falls silent kills its inspectors, and goes on when the database answers`() async throws {
        try await TemporaryFolder.with { folder in
            let server = LocalPostgres(configuration: .init(folder: folder.appending("postgres"), durability: .none))
            let conninfo = try await server.start()
            let pool = PostgresPool(PostgresConfiguration(conninfo), limit: 4)
            let product = Product(data: folder, pool: pool, flags: ["--data", folder.string, "--database", conninfo])
            #expect(try await product.run("migrate").code == 0)
            try await product.bringIn(Product.recordings(6))
            let postmaster = try #require(ProcessTree.postmaster(of: folder))
            try await product.withWorker(slots: 2) { worker in
                let inspector = try await worker.catchInspector()
                let silent = ProcessTree.children(of: postmaster) + [postmaster]
                defer { for process in silent { kill(process, SIGCONT) } }
                for process in silent { kill(process, SIGSTOP) }
                try await until { ProcessTree.isGone(inspector) }
                for process in silent { kill(process, SIGCONT) }
                try await product.until("SELECT count(*) = 6 FROM dailies.review_records")
            }
            try await product.expectWhole(responses: 6)
            #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE crashes > 0 OR failures > 0") == 0)
            await pool.close()
            await server.stop()
        }
    }
}
