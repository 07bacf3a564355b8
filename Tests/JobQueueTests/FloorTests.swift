import Postgres
import TestSupport
import Testing

@testable import JobQueue

/// Claims begin where the first living job is. That must never hide one.
@Suite(.tags(.database), .timeLimit(.minutes(5)))
struct FloorTests {
    /// A queue whose floor has been raised to the fourth of six old jobs; three run.
    private func withRaisedFloor(_ body: (BareQueue, [JobClaim]) async throws -> Void) async throws {
        try await BareQueue.with { bare in
            try await bare.insert(6)
            try await bare.age(by: .seconds(3600))
            let claims = try await bare.queue.claim(worker: bare.worker, kinds: ["noop"], limit: 3)
            #expect(claims.map(\.id).sorted() == [1, 2, 3])
            #expect(try await bare.value("SELECT id FROM dailies.claim_floors") == Int64(4), "the floor is where the living begin")
            try await body(bare, claims)
        }
    }

    @Test func `a job that is put back below the floor is claimed next`() async throws {
        try await withRaisedFloor { bare, claims in
            let second = try #require(claims.first { $0.id == 2 })
            try await bare.queue.pool.transaction { connection in
                try await bare.queue.putBack(second, as: .released, after: .zero, reason: nil, in: connection)
            }
            #expect(try await bare.claim(2) == [2, 4])
        }
    }

    @Test func `a dead worker's jobs below the floor are claimed next`() async throws {
        try await withRaisedFloor { bare, _ in
            try await bare.execute("UPDATE dailies.workers SET beaten_at = now() - interval '2 hours'")
            #expect(try await bare.queue.rescue().map(\.jobs) == [3])
            let other = try await bare.queue.register(name: "other", version: "1", slots: 1, lease: .seconds(3600))
            let ids = try await bare.queue.claim(worker: other, kinds: ["noop"], limit: 4).map(\.id)
            #expect(ids.sorted() == [1, 2, 3, 4])
        }
    }

    @Test func `a job that committed late, below the floor, is found by the sweep`() async throws {
        try await withRaisedFloor { bare, _ in
            try await bare.execute("INSERT INTO dailies.jobs (kind, due_at) VALUES ('noop', now() - interval '2 hours')")
            #expect(try await bare.claim(1) == [4], "it is not seen yet")
            _ = try await bare.queue.runMaintenance(worker: bare.worker, held: [1, 2, 3, 4])
            #expect(try await bare.claim(1) == [7])
        }
    }

    @Test func `a job whose insert is yet to commit is not passed over`() async throws {
        try await BareQueue.with { bare in
            let writer = try await PostgresConnection.connect(bare.queue.pool.configuration.connection)
            try await writer.transaction { connection in
                try await connection.execute("INSERT INTO dailies.jobs (kind) VALUES ('noop')")
                try await bare.insert(3)
                // So long that, were it not for the writer, the floor would be above its job.
                try await until {
                    try await bare.value("SELECT clock_timestamp() >= max(due_at) + interval '1.5 seconds' FROM dailies.jobs")
                }
                #expect(try await bare.claim(1) == [2])
            }
            #expect(try await bare.claim(3) == [1, 3, 4])
        }
    }

    @Test func `claims of one kind do not pass over jobs of another`() async throws {
        try await BareQueue.with { bare in
            try await bare.insert(2, kind: "other")
            try await bare.insert(3)
            try await bare.age(by: .seconds(3600))
            #expect(try await bare.claim(3) == [3, 4, 5])
            try await bare.age(by: .seconds(3600))
            #expect(try await bare.claim(1) == [])
            #expect(try await bare.claim(3, kinds: ["noop", "other"]) == [1, 2])
        }
    }

    @Test func `kinds that share a lane are claimed in the order of their turns`() async throws {
        try await BareQueue.with { bare in
            for kind in ["b", "a", "b", "a"] { try await bare.insert(1, kind: kind) }
            #expect(try await bare.claim(4, kinds: ["a", "b"]) == [1, 2, 3, 4])
        }
    }

    @Test func `a paused kind does not slow the others down and keeps its place`() async throws {
        try await BareQueue.with { bare in
            try await bare.insert(1, kind: "other")
            try await bare.insert(1)
            try await bare.age(by: .seconds(3600))
            try await bare.queue.pause(kind: "other", reason: nil)
            #expect(try await bare.claim(2, kinds: ["noop", "other"]) == [2])
            _ = try await bare.queue.resume(kind: "other")
            #expect(try await bare.claim(1, kinds: ["noop", "other"]) == [1])
        }
    }
}
