import Foundation
import Postgres
import TestSupport
import Testing

/// No two transactions on the queue wait for each other: the order of locks at the head of `queue_ending.sql`, tried with each pair of calls,
/// on jobs that both want, stopped in their middle at places drawn by chance. `DAILIES_SEED=n` repeats a run's choices.
@Suite(.tags(.database), .timeLimit(.minutes(10)))
struct LockOrderTests {
    private static let seed = ProcessInfo.processInfo.environment["DAILIES_SEED"].flatMap { UInt64($0) } ?? UInt64.random(in: 1...9999)

    private static let pairs = QueueCall.allCases.indices.flatMap { first in
        QueueCall.allCases[first...].map { (QueueCall.allCases[first], $0) }
    }

    @Test func `whatever two of the queue's transactions do at the same time, none is a deadlock's victim`() async throws {
        try await TestDatabase.withDatabase { conninfo in
            let queue = try await CrowdedQueue(on: conninfo)
            var random = SeededGenerator(seed: Self.seed)
            var (rounds, waits) = (0, 0)
            let end = ContinuousClock.now + .seconds(20)
            while ContinuousClock.now < end || rounds < 2 * Self.pairs.count {
                let (first, second) = Self.pairs[rounds % Self.pairs.count]
                let (endings, waited) = try await Self.run(first, second, in: queue, &random)
                rounds += 1
                waits += waited ? 1 : 0
                for (call, ending) in zip([first, second], endings) where !ending.isExpected {
                    Issue.record("seed \(Self.seed), round \(rounds): \(call) beside \(first), \(second): \(ending)")
                }
            }
            await queue.close()
            print("\(rounds) pairs of transactions, seed \(Self.seed); in \(waits) one waited for a lock")
            #expect(waits > rounds / 10, "they hardly met")
        }
    }

    /// The orders of locks that there were before.
    struct Disorder: CustomTestStringConvertible, Sendable {
        var name: String
        var pair: (QueueCall, QueueCall)
        /// Functions, each with a text in its definition and what it was.
        var changes: [(function: String, text: String, replacement: String)]

        var testDescription: String { name }
    }

    static let disorders = [
        Disorder(
            name: "jobs before their stop requests", pair: (.stop, .obeyStops),
            changes: [
                ("stop_jobs", "BEGIN", "BEGIN PERFORM FROM dailies.jobs j WHERE j.id = ANY (ids) ORDER BY j.id FOR UPDATE;"),
                ("obey_stop_requests", "'scheduled') FOR UPDATE SKIP LOCKED", "'scheduled') FOR UPDATE"),
            ]),
        Disorder(
            name: "results in any order", pair: (.complete, .complete),
            changes: [("complete_jobs", "ORDER BY fair_key, id", "ORDER BY random()")]),
    ]

    @Test(arguments: disorders) func `control: another order is found out`(disorder: Disorder) async throws {
        try await TestDatabase.withDatabase { conninfo in
            let queue = try await CrowdedQueue(on: conninfo)
            for (function, text, replacement) in disorder.changes {
                let original: String = try await queue.driver.query(
                    """
                    SELECT pg_get_functiondef(oid) FROM pg_proc WHERE proname = \(function) AND pronamespace = 'dailies'::regnamespace
                    ORDER BY pronargs DESC LIMIT 1
                    """
                ).one().decode(at: 0)
                let broken = original.replacing(text, with: replacement)
                try #require(broken != original, "dailies.\(function) no longer says: \(text)")
                try await queue.driver.script(broken)
            }
            var random = SeededGenerator(seed: Self.seed)
            var rounds = 0
            while true {
                try Task.checkCancellation()
                rounds += 1
                if try await Self.run(disorder.pair.0, disorder.pair.1, in: queue, &random).endings.contains(where: \.isDeadlock) { break }
            }
            await queue.close()
            print("\(disorder.name): a deadlock after \(rounds) rounds")
        }
    }

    private static func run(
        _ first: QueueCall, _ second: QueueCall, in queue: CrowdedQueue, _ random: inout SeededGenerator
    ) async throws -> (endings: [CrowdedQueue.Ending], waited: Bool) {
        let state = try await queue.replenish()
        let (one, two) = (first.sql(in: state, using: &random), second.sql(in: state, using: &random))
        return try await queue.run(one, two, locking: [CrowdedQueue.lock(using: &random), CrowdedQueue.lock(using: &random)])
    }
}
