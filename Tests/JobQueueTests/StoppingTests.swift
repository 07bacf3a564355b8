import Foundation
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import JobQueue

/// Whole workers whose running jobs people stop.
@Suite(.tags(.database), .timeLimit(.minutes(10)))
struct StoppingTests {
    @Test(arguments: [JobQueue.StopKind.cancelled, .discarded])
    func `a running job is stopped, and its neighbours are not`(how: JobQueue.StopKind) async throws {
        try await JobWorkerTests().withBench { bench in
            try await bench.insert(2)
            let stopped = Mutex<[Int64]>([])
            let (gate, opener) = AsyncStream.makeStream(of: Void.self)
            let worker = bench.worker(slots: 2) { claim in
                if claim.id == 1 {
                    do { try await Self.forever() } catch { stopped.withLock { $0.append(claim.id) } }
                    return .released(reason: "cancelled")
                }
                for await _ in gate { break }
                return .completed { connection in try await connection.execute("INSERT INTO effects (job) VALUES (\(claim.id))") }
            }
            try await bench.run([worker]) {
                try await bench.until("SELECT count(*) = 2 FROM dailies.jobs WHERE state = 'running'")
                _ = try await JobQueue(pool: bench.pool).stop([1], as: how, reason: "not wanted")
                try await bench.until("SELECT count(*) = 1 FROM dailies.job_history WHERE id = 1 AND outcome = \(how.rawValue)")
                #expect(try await bench.value("SELECT count(*) FROM dailies.jobs WHERE id = 2 AND state = 'running'") == 1)
                opener.yield()
                try await bench.until("SELECT count(*) = 1 FROM dailies.job_history WHERE id = 2 AND outcome = 'completed'")
            }
            #expect(stopped.withLock { $0 } == [1])
            let timeline = try await JobQueue(pool: bench.pool).timeline(of: 1)
            #expect(timeline.map(\.outcome) == [how.rawValue])
            #expect(timeline.map(\.worker) == ["worker"])
            #expect(timeline.map(\.error) == ["not wanted"])
        }
    }

    @Test func `work that completed before the stop request stays completed`() async throws {
        let request = StopRequest(job: 1, how: "cancelled", reason: "not wanted")
        if case .completed = request.overruling(.completed { _ in }) {} else { Issue.record("the work was thrown away") }
        if case .cancelled = request.overruling(.crashed(reason: "it was killed", after: .zero)) {
        } else {
            Issue.record("it would run again")
        }
    }

    /// Suspends until the task is cancelled.
    private static func forever() async throws {
        let (never, keeper) = AsyncStream.makeStream(of: Void.self)
        for await _ in never {}
        keeper.finish()
        throw CancellationError()
    }
}
