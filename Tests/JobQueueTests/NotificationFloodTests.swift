import Postgres
import Synchronization
import TestSupport
import Testing

@testable import JobQueue

/// Any account of the database may send notifications on the worker's channels.
@Suite(.tags(.database), .timeLimit(.minutes(10)))
struct NotificationFloodTests {
    @Test func `twenty thousand notifications cost a worker a few claims, and it works on`() async throws {
        try await JobWorkerTests().withBench { bench in
            let worker = bench.worker(slots: 2) { _ in .completed { _ in } }
            try await bench.run([worker]) {
                try await bench.insert(1)
                try await bench.until("SELECT count(*) = 1 FROM dailies.job_history")
                // Each of its own text, or the server would send one.
                try await bench.execute(
                    "SELECT pg_notify('dailies_jobs', n::text), pg_notify('dailies_stops', n::text) FROM generate_series(1, 20000) n")
                try await bench.insert(1)
                try await bench.until("SELECT count(*) = 2 FROM dailies.job_history")
            }
            // Whatever it had in mind it has done: it has shut down in order.
            let claims = try await bench.value("SELECT last_value FROM dailies.claim_count") ?? 0
            print("\(claims) claims")
            #expect(claims < 5000)
        }
    }
}
