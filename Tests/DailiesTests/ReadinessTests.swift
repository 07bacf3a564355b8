import Synchronization
import TestSupport
import Testing

@testable import Health

/// What a worker knows of what every job needs.
@Suite(.timeLimit(.minutes(10)))
struct ReadinessTests {
    @Test func `a check that does not return is a problem, is not started twice, and is fine once it has returned`() async throws {
        let (release, releasing) = AsyncStream.makeStream(of: Void.self)
        let starts = Mutex(0)
        let isReleased = Mutex(false)
        let readiness = Readiness(
            checks: [
                HealthCheck("database") { nil },
                HealthCheck("storage") {
                    starts.withLock { $0 += 1 }
                    if !isReleased.withLock({ $0 }) { for await _ in release {} }
                    return nil
                },
            ], patience: .milliseconds(50))
        for _ in 0..<2 {
            let problem = await readiness.refresh()
            #expect(problem?.hasPrefix("The check of the storage has not returned within") == true)
            #expect(!readiness.summary.isReady)
            #expect(readiness.summary.lines.first == "database: ok")
        }
        #expect(starts.withLock { $0 } == 1)
        isReleased.withLock { $0 = true }
        releasing.finish()
        try await until { await readiness.refresh() == nil }
        #expect(readiness.summary.isReady)
    }
}
