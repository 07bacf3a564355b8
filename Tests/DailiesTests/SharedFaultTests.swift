import Foundation
import Postgres
import Subprocess
import TestSupport
import Testing

/// A fault of the installation that ends every attempt: it is told, one job at a time is tried, and no budget is used.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct SharedFaultTests {
    /// Statements that break a running installation, each with what mends it and the SQLSTATE that follows.
    private static let faults = [
        (
            "REVOKE INSERT ON dailies.review_records FROM dailies_worker", "GRANT INSERT ON dailies.review_records TO dailies_worker",
            "42501"
        ),
        ("REVOKE SELECT ON dailies.responses FROM dailies_worker", "GRANT SELECT ON dailies.responses TO dailies_worker", "42501"),
        ("REVOKE UPDATE ON dailies.jobs FROM dailies_worker", "GRANT UPDATE ON dailies.jobs TO dailies_worker", "42501"),
        ("ALTER TABLE dailies.flags RENAME TO flags_away", "ALTER TABLE dailies.flags_away RENAME TO flags", "42P01"),
    ]

    @Test(arguments: faults) func `no answer is discarded, the error is told everywhere, and the work goes on when it is mended`(
        breaking: String, mending: String, code: String
    ) async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(2))
            try await product.withWorker(slots: 2, variables: ["DAILIES_HEALTH": "127.0.0.1:0"]) { worker in
                try await product.until("SELECT count(*) = 2 FROM dailies.review_records")
                try await product.pool.withConnection { try await $0.script(breaking) }
                try await product.bringIn(Product.recordings(12), from: 2)
                try await product.until("SELECT coalesce(bool_and(trouble LIKE 'Most attempts end alike%'), false) FROM dailies.workers")
                let status = try await product.run("status")
                #expect(status.output.contains("Most attempts end alike") && status.output.contains(code), "\(status.output)")
                try await until {
                    let ready = try await Scraped.get("/readyz", of: worker, in: product)
                    return ready.status == 503 && ready.text.contains("work: Most attempts end alike") && ready.text.contains(code)
                }
                let metrics = try await Scraped.get("/metrics", of: worker, in: product)
                #expect(metrics.value("dailies_worker_attempts_end_alike") == 1)
                #expect(metrics.value("dailies_claiming_held") == 1)
                #expect(worker.said.contains("most attempts end alike"))
                #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE outcome = 'discarded'") == 0)
                try await product.pool.withConnection { try await $0.script(mending) }
                try await product.until("SELECT count(*) = 14 FROM dailies.review_records")
                try await until { try await Scraped.get("/readyz", of: worker, in: product).status == 200 }
                #expect(!worker.said.contains("lease"))
            }
            try await product.expectWhole(responses: 14)
            #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE failures + crashes > 0") == 0)
        }
    }
}
