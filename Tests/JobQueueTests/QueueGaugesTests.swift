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
                UPDATE dailies.jobs SET state = 'scheduled', lane = 1000, due_at = now() + interval '1 day'
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

    @Test func `a scheduled job whose time has come waits, and since then`() async throws {
        try await BareQueue.with { bare in
            try await bare.execute(
                """
                INSERT INTO dailies.jobs (kind, priority, state, due_at, created_at)
                VALUES ('noop', 10, 'scheduled', now() - interval '2 hours', now() - interval '3 days'),
                       ('noop', 10, 'scheduled', now() + interval '2 hours', now() - interval '3 days')
                """)
            try await bare.queue.pause(kind: nil, reason: nil)
            func expectOneWaiting() async throws {
                let gauges = try await bare.queue.gauges()
                #expect(gauges.jobs["available"] == 1 && gauges.jobs["scheduled"] == 1)
                let waited = try #require(gauges.oldestWaiting[10])
                #expect((7200...7260).contains(waited))
            }
            try await expectOneWaiting()
            let counts = try await bare.queue.counts()
            #expect(counts.available == 1 && counts.scheduled == 1 && counts.live == 2)
            // The same when maintenance has taken it into its lane, where it stands behind others.
            try await bare.execute("SELECT dailies.promote_jobs('{noop}', 10)")
            try await expectOneWaiting()
        }
    }

    @Test func `a job that was put back has waited since then`() async throws {
        try await BareQueue.with { bare in
            try await bare.insert(4)
            try await bare.age(by: .seconds(72 * 3600))
            let claims = try await bare.queue.claim(worker: bare.worker, kinds: ["noop"], limit: 4)
            try await bare.queue.pool.transaction { connection in
                try await bare.queue.end(claims[0], as: .discarded, reason: "test", in: connection)
                try await bare.queue.putBack(claims[1], as: .released, after: .zero, reason: nil, in: connection)
            }
            let retried = "SELECT count(*) FROM dailies.retry_jobs(ARRAY[\(claims[0].id)], 'test')" as PostgresQuery
            #expect(try await bare.value(retried) == 1)
            try await bare.execute("UPDATE dailies.workers SET beaten_at = '-infinity'")
            #expect(try await bare.queue.rescue().map(\.jobs) == [2])
            let gauges = try await bare.queue.gauges()
            #expect(gauges.jobs["available"] == 4)
            #expect(try #require(gauges.oldestWaiting[0]) < 300, "and not three days")
        }
    }
}
