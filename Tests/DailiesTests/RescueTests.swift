import Foundation
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Who is taken for dead: those that are, and nobody else.
@Suite(.tags(.database, .program), .timeLimit(.minutes(10)))
struct RescueTests {
    @Test func `the jobs of ten killed workers are done by the one that is left`() async throws {
        try await Product.with { product in
            // So many that the first to come do not take those of the last.
            try await product.bringIn(Product.recordings(40))
            try await product.withWorkers(10) { victims in
                // One job each, and every one of them in mid-inspection.
                try await withThrowingTaskGroup(of: pid_t.self) { group in
                    for victim in victims { group.addTask { try await victim.catchInspector() } }
                    try await group.waitForAll()
                }
                try await product.until("SELECT count(*) = 10 FROM dailies.jobs WHERE state = 'running'")
                #expect(try await product.value("SELECT count(DISTINCT worker_id) FROM dailies.jobs") == 10)
                try await product.withWorker(slots: 3) { survivor in
                    try await product.until("SELECT count(*) = 11 FROM dailies.workers")
                    for victim in victims { victim.send(SIGKILL) }
                    try await product.until("SELECT count(*) = 40 FROM dailies.review_records")
                    #expect(try await product.value("SELECT count(*) FROM dailies.workers") == 1)
                    #expect(!survivor.said.contains("the lease is lost"))
                }
            }
            try await product.expectWhole(responses: 40)
            #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE attempt = 2 AND crashes = 0") == 10)
        }
    }

    @Test func `on a machine with four times too much work, no live worker is declared dead`() async throws {
        try await Product.with { product in
            try await withBusyProcesses(4 * ProcessInfo.processInfo.activeProcessorCount) {
                try await product.withWorkers(2, slots: 2) { workers in
                    try await product.until("SELECT count(*) = 2 FROM dailies.workers")
                    let living = "SELECT string_agg(id::text, ' ' ORDER BY id) FROM dailies.workers"
                    let before: String = try await product.value(PostgresQuery(verbatim: living))
                    let start: Date = try await product.value("SELECT clock_timestamp()")
                    var count = 0
                    // For four leases, without a pause.
                    while try await product.value("SELECT clock_timestamp() < \(start) + interval '20 seconds'") {
                        try await product.bringIn(Product.recordings(20), from: count / 20 + 1)
                        count += 20
                        try await product.until("SELECT count(*) < 10 FROM dailies.jobs")
                    }
                    try await product.until("SELECT count(*) = 0 FROM dailies.jobs")
                    #expect(try await product.value(PostgresQuery(verbatim: living)) == before)
                    for worker in workers {
                        #expect(!worker.said.contains("dead worker"))
                        #expect(!worker.said.contains("lease"))
                    }
                    #expect(try await product.value("SELECT count(*) FROM dailies.job_history WHERE attempt <> 1") == 0)
                    try await product.expectWhole(responses: count)
                }
            }
        }
    }

    /// Runs processes that do nothing but use processor time beside `body`.
    private func withBusyProcesses(_ count: Int, _ body: @escaping () async throws -> Void) async throws {
        guard count > 0 else { return try await body() }
        _ = try await Subprocess.run(
            // For as long as the tests live, however those end.
            .path("/bin/sh"), arguments: ["-c", "while kill -0 $PPID; do :; done"], input: .none, output: .discarded, error: .discarded
        ) { execution in
            defer { kill(execution.processIdentifier.value, SIGKILL) }
            try await withBusyProcesses(count - 1, body)
        }
    }
}
