import Postgres
import TestSupport
import Testing

@testable import JobQueue

/// What `dailies status` and the page of operations tell, at a cost that is bounded.
@Suite(.timeLimit(.minutes(5)), .tags(.database))
struct QueueCountsTests {
    private func fill(_ bare: BareQueue) async throws {
        try await bare.insert(300)
        try await bare.execute(
            "INSERT INTO dailies.jobs (kind, state, due_at) SELECT 'noop', 'scheduled', now() + interval '1 day' FROM generate_series(1, 200)"
        )
        try await bare.execute(
            """
            INSERT INTO dailies.job_history (id, kind, payload, priority, fair_key, outcome, attempt, failures, crashes, created_at, timeline)
            SELECT 1000 + n, 'noop', '{}', 0, 0, CASE WHEN n <= 5 THEN 'discarded' WHEN n <= 7 THEN 'cancelled' ELSE 'completed' END,
                   1, 0, 0, now(), '[]' FROM generate_series(1, 400) AS n
            """)
        _ = try await bare.queue.claim(worker: bare.worker, kinds: ["noop"], limit: 4)
    }

    @Test func `what is little is counted`() async throws {
        try await BareQueue.with { bare in
            try await fill(bare)
            let counts = try await bare.queue.counts()
            #expect(counts.estimated == [])
            #expect([counts.available, counts.running, counts.scheduled] == [296, 4, 200])
            #expect([counts.completed, counts.discarded, counts.cancelled] == [393, 5, 2])
            #expect(counts.live == 500 && counts.liveInWords == "500" && counts.inWords(.completed) == "393")
        }
    }

    @Test func `what is much is estimated and says so, but never what was discarded`() async throws {
        try await BareQueue.with { bare in
            try await fill(bare)
            let counts = try await bare.queue.counts(exactUpTo: 250, largestHistory: 0)
            #expect(counts.estimated == [.available, .completed])
            // The sample of so small a table is all of it.
            #expect([counts.available, counts.running, counts.scheduled] == [296, 4, 200])
            #expect([counts.completed, counts.discarded, counts.cancelled] == [393, 5, 2])
            #expect(counts.inWords(.available) == "about 296" && counts.inWords(.scheduled) == "200")
            #expect(counts.liveInWords == "about 500")
        }
    }

    @Test func `whether jobs are there, and whether one runs, is known without counting`() async throws {
        try await BareQueue.with { bare in
            var presence = try await bare.queue.presence(of: ["noop"])
            #expect(!presence.ofLiveJobs && !presence.ofRunningJobs)
            try await bare.execute("INSERT INTO dailies.jobs (kind, state, due_at) VALUES ('noop', 'scheduled', now() + interval '1 day')")
            presence = try await bare.queue.presence(of: ["noop"])
            #expect(presence.ofLiveJobs && !presence.ofRunningJobs)
            try await bare.insert(1)
            _ = try await bare.claim(1)
            presence = try await bare.queue.presence(of: ["noop"])
            #expect(presence.ofLiveJobs && presence.ofRunningJobs)
            // A worker that knows neither is not held up.
            presence = try await bare.queue.presence(of: ["other", "third"])
            #expect(!presence.ofLiveJobs)
            #expect(try await bare.queue.liveJobs(ofOtherKindsThan: ["other", "third"]) == 2)
            #expect(try await bare.queue.liveJobs(ofOtherKindsThan: ["noop"]) == 0)
        }
    }
}
