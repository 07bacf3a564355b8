import Postgres
import TestSupport
import Testing

@testable import JobQueue

/// Whose job comes next. Time is moved in the database.
@Suite(.tags(.database), .timeLimit(.minutes(5)))
struct FairnessTests {
    @Test func `two interviews get equal shares, even if one has nine times as many jobs`() async throws {
        try await BareQueue.with { bare in
            for _ in 0..<20 {
                try await bare.insert(9, fairKey: 1)
                try await bare.insert(1, fairKey: 2)
            }
            let keys = try await bare.fairKeys(of: try await bare.claim(40))
            let shares = [1, 2].map { key in Double(keys.count { $0 == key }) }
            // Jain, Chiu and Hawe 1984: (Σx)² / (n Σx²); 1 is fair, 1/n gives one all. First come, first served would give 0.61.
            let jain = shares.reduce(0, +) * shares.reduce(0, +) / (2 * shares.map { $0 * $0 }.reduce(0, +))
            #expect(jain > 0.95, "shares \(shares)")
        }
    }

    @Test func `however large a bulk import is, a fresh answer overtakes it`() async throws {
        try await BareQueue.with { bare in
            try await bare.insert(100_000, priority: 10)
            #expect(try await bare.claim(2) == [1, 2])
            try await bare.insert(1)
            #expect(try await bare.claim(2) == [100_001, 3])
        }
    }

    @Test func `nothing waits for ever: what has waited for ten minutes gets every eighth claim`() async throws {
        try await BareQueue.with { bare in
            try await bare.insert(10, priority: 10, fairKey: 1)
            try await bare.insert(100, fairKey: 2)
            let before = try await bare.fairKeys(of: try await bare.claim(16))
            #expect(before.allSatisfy { $0 == 2 }, "it has not waited for long")
            try await bare.age(by: .seconds(660))
            let after = try await bare.fairKeys(of: try await bare.claim(16))
            #expect(after.count { $0 == 1 } == 2)
            #expect(after.count { $0 == 2 } == 14)
        }
    }

    @Test func `a late interview overtakes the rest of a flood, but no job that waited before it`() async throws {
        try await BareQueue.with { bare in
            try await bare.insert(50, fairKey: 1)
            try await bare.insert(1, fairKey: 2)
            try await bare.age(by: .seconds(150))
            // Turns of the flood that are over by now: at 0, 1 and 2 minutes, and the one answer of the other.
            try await bare.insert(2, fairKey: 3)
            let keys = try await bare.fairKeys(of: try await bare.claim(7))
            #expect(keys[..<4].sorted() == [1, 1, 1, 2])
            #expect(keys[4...] == [3, 1, 3])
        }
    }

    @Test func `jobs of one interview keep their order`() async throws {
        try await BareQueue.with { bare in
            try await bare.insert(5, fairKey: 7)
            #expect(try await bare.claim(5) == [1, 2, 3, 4, 5])
        }
    }

    @Test func `no turn is more than an hour ahead, however much somebody sends and wherever the clock was`() async throws {
        try await BareQueue.with { bare in
            try await bare.insert(100, fairKey: 7)
            #expect(try await bare.value("SELECT max(due_at) <= now() + interval '1 hour' FROM dailies.jobs"))
            try await bare.execute("UPDATE dailies.fair_turns SET due_at = due_at + interval '10 years'")
            try await bare.insert(1, fairKey: 7)
            #expect(try await bare.value("SELECT max(due_at) <= now() + interval '1 hour' FROM dailies.jobs"))
            #expect(try await bare.claim(101) == Array(1...101), "in their order all the same")
        }
    }

    @Test func `turns that are over are forgotten`() async throws {
        try await BareQueue.with { bare in
            try await bare.insert(3, fairKey: 7)
            try await bare.insert(1, fairKey: 8)
            try await bare.age(by: .seconds(120))
            #expect(try await bare.value("SELECT dailies.forget_turns()") == 1)
            #expect(try await bare.value("SELECT fair_key FROM dailies.fair_turns") == Int64(7), "its third turn is to come")
        }
    }
}
