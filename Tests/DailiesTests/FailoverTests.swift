import Foundation
import Postgres
import SystemPackage
import TestSupport
import Testing

/// The primary dies for good, and a standby takes its place. Workers name both in their connection string.
@Suite(.tags(.database, .program, .server), .timeLimit(.minutes(10)))
struct FailoverTests {
    @Test func `workers follow to a standby that is promoted in mid-run, and nothing is lost or done twice`() async throws {
        try await TemporaryFolder.with { folder in
            try await StandbyServer.with(in: folder) { servers in
                let pool = PostgresPool(PostgresConfiguration(servers.conninfo), limit: 4)
                let product = Product(data: folder, pool: pool, flags: ["--data", folder.string, "--database", servers.conninfo])
                #expect(try await product.run("migrate").code == 0)
                try await product.bringIn(Product.recordings(12))
                try await product.withWorkers(2, slots: 2) { workers in
                    // In mid-job: one inspector stands still, and others have come to their end.
                    let inspector = try await workers[0].catchInspector()
                    try await product.until("SELECT count(*) >= 2 FROM dailies.review_records")
                    try servers.killPrimary()
                    try await servers.promote()
                    let promotion: Date = try await product.value("SELECT clock_timestamp()")
                    // Whether its worker kept the claim or lost it, depends on how long the promotion took.
                    kill(inspector, SIGCONT)
                    // Nobody waits for the dead primary: new answers come in, and all come to their end.
                    try await product.bringIn(Product.recordings(4), from: 2)
                    try await product.until("SELECT count(*) = 16 FROM dailies.review_records")
                    // A bound that operators are promised; it is kept by workers that look for the primary at least every few seconds.
                    #expect(
                        try await product.value(
                            "SELECT min(ended_at) < \(promotion) + interval '10 seconds' FROM dailies.job_history WHERE ended_at > \(promotion)"
                        ))
                }
                try await product.expectWhole(responses: 16)
                // The primary's death was no recording's fault.
                #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE crashes > 0 OR failures > 0") == 0)
                await pool.close()
            }
        }
    }
}
