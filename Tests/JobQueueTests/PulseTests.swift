import Postgres
import TestSupport
import Testing

@testable import JobQueue

/// The figures that monitoring reads.
@Suite(.tags(.database), .timeLimit(.minutes(5)))
struct PulseTests {
    @Test func `the pulse counts jobs by state, also of kinds that no worker ever asked for`() async throws {
        try await BareQueue.with { bare in
            try await bare.insert(5)
            try await bare.insert(3, kind: "nobody_does_this", priority: 10)
            _ = try await bare.claim(2)
            try await bare.execute(
                """
                UPDATE dailies.jobs SET state = 'scheduled', lane = 1000
                WHERE id = (SELECT max(id) FROM dailies.jobs WHERE kind = 'noop')
                """)
            let pulse = try await bare.queue.pulse()
            #expect(pulse.jobs == ["available": 5, "running": 2, "scheduled": 1])
            #expect(Set(pulse.oldestWaiting.keys) == [0, 10])
            #expect(pulse.workers == 1 && pulse.slots == 4)
        }
    }

    @Test func `it tells how long the first in line of a priority has waited`() async throws {
        try await BareQueue.with { bare in
            try await bare.insert(1)
            try await bare.age(by: .seconds(600))
            try await bare.insert(1)
            let waited = try #require(try await bare.queue.pulse().oldestWaiting[0])
            #expect((600...660).contains(waited))
        }
    }
}
