import Postgres
import TestSupport
import Testing

@testable import JobQueue

/// The figures that monitoring reads.
@Suite(.timeLimit(.minutes(5)), .tags(.database))
struct QueueGaugesTests {
    @Test func `the gauges count jobs by state, including kinds that no worker ever claimed`() async throws {
        try await BareQueue.with { bare in
            try await bare.insert(5)
            try await bare.insert(3, kind: "nobody_does_this", priority: 10)
            _ = try await bare.claim(2)
            try await bare.execute(
                """
                UPDATE dailies.jobs SET state = 'scheduled', lane = 1000
                WHERE id = (SELECT max(id) FROM dailies.jobs WHERE kind = 'noop')
                """)
            let gauges = try await bare.queue.gauges()
            #expect(gauges.jobs == ["available": 5, "running": 2, "scheduled": 1])
            #expect(Set(gauges.oldestWaiting.keys) == [0, 10])
            #expect(gauges.workers == 1 && gauges.slots == 4)
        }
    }

    @Test func `they count what waits before the place where workers begin to look`() async throws {
        try await BareQueue.with { bare in
            try await bare.insert(3)
            try await bare.age(by: .seconds(3600))
            _ = try await bare.claim(1)
            // Committed late, and no worker sweeps.
            try await bare.execute("INSERT INTO dailies.jobs (kind, due_at) VALUES ('noop', now() - interval '2 hours')")
            #expect(try await bare.queue.gauges().jobs["available"] == 3)
            // The clock was set back since the floor was raised.
            try await bare.execute("UPDATE dailies.claim_floors SET due_at = now() + interval '1 hour'")
            #expect(try await bare.queue.gauges().jobs["available"] == 3)
            #expect(try await bare.queue.counts().available == 3)
        }
    }

    @Test func `they tell how long the first waiting job of a priority has waited`() async throws {
        try await BareQueue.with { bare in
            try await bare.insert(1)
            try await bare.age(by: .seconds(600))
            try await bare.insert(1)
            let waited = try #require(try await bare.queue.gauges().oldestWaiting[0])
            #expect((600...660).contains(waited))
        }
    }
}
