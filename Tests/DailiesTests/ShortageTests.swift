import Foundation
import Glibc
import Postgres
import Subprocess
import TestSupport
import Testing

/// Inspectors that somebody else ends: the recordings are not to blame, and the worker takes less of the machine.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct ShortageTests {
    @Test func `inspectors that are killed from outside use up nothing, and take slots away`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(9))
            try await product.withWorker(slots: 3, variables: ["DAILIES_HEALTH": "127.0.0.1:0"]) { worker in
                // More often than any budget allows.
                for _ in 1...12 { kill(try await worker.catchInspector(), SIGKILL) }
                try await until {
                    (try await Scraped.get("/metrics", of: worker, in: product).value("dailies_worker_slots_withheld") ?? 0) >= 1
                }
                try await product.until("SELECT coalesce(bool_and(trouble LIKE '%The machine kills %'), false) FROM dailies.workers")
                #expect(try await product.run("status").output.contains("The machine kills "))
                #expect(try await Scraped.get("/readyz", of: worker, in: product).text.contains("work: "))
                try await product.until("SELECT count(*) = 9 FROM dailies.review_records")
                #expect(worker.said.contains("snoozed: the machine killed the inspector"))
            }
            try await product.expectWhole(responses: 9)
            #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE failures + crashes > 0") == 0)
        }
    }

    @Test func `a fork server that is killed again and again uses up nothing, and is not started without a pause`() async throws {
        try await Product.with { product in
            try await product.bringIn(Product.recordings(3))
            try await product.withWorker { worker in
                for _ in 1...4 {
                    _ = try await worker.catchInspector()
                    for server in worker.forkServers { kill(server, SIGKILL) }
                }
                try await product.until("SELECT count(*) = 3 FROM dailies.review_records")
            }
            try await product.expectWhole(responses: 3)
            #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE failures + crashes > 0") == 0)
            #expect(
                try await product.value("SELECT count(*) FROM dailies.job_history WHERE timeline @> '[{\"outcome\": \"released\"}]'") == 0,
                "they were put off, and not claimed again at once")
        }
    }

    @Test(.enabled(if: MemoryGroup.isPossible, "this machine lends no control group of memory"))
    func `a control group that is too small uses up nothing, is told, and all answers are reviewed when it is larger`() async throws {
        try await MemoryGroup.with { group in
            try await Product.with { product in
                try await product.bringIn(Product.recordings(1))
                try await product.withWorker(slots: 3, variables: ["DAILIES_HEALTH": "127.0.0.1:0"], by: group.prefix) { worker in
                    try await product.until("SELECT count(*) = 1 FROM dailies.review_records")
                    // Enough for the worker, and not for inspectors beside it. How much the kernel prefers inspectors depends on the limit, so
                    // a part of the group's memory is taken by something else.
                    let others = 96 << 20
                    try await group.occupy(others)
                    try group.limit(to: try group.usedBytes + others + (6 << 20))
                    try await product.bringIn(Product.recordings(9), from: 2)
                    try await until { worker.said.contains("the kernel killed processes of this control group") }
                    try await product.until("SELECT coalesce(bool_and(trouble LIKE '%The machine kills %'), false) FROM dailies.workers")
                    #expect((try await Scraped.get("/metrics", of: worker, in: product).value("dailies_worker_slots_withheld") ?? 0) >= 1)
                    try await product.until("SELECT sum(attempt) >= 9 FROM dailies.jobs")
                    #expect(try await product.value("SELECT count(*) FROM dailies.jobs WHERE failures + crashes > 0") == 0)
                    try group.limit(to: nil)
                    try await product.until("SELECT count(*) = 10 FROM dailies.review_records")
                }
                try await product.expectWhole(responses: 10)
                #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE failures + crashes > 0") == 0)
                #expect(
                    try await product.value(
                        "SELECT count(*) FROM dailies.review_records WHERE outcome = 'unusable' AND reason LIKE '%died%'") == 0)
            }
        }
    }
}
