import Postgres
import TestSupport
import Testing

@testable import JobQueue

/// The database's clock is set back. Here everything that was stored is moved ahead of the clock, which is the same;
/// `DatabaseClockTests` sets the clock of a real server.
@Suite(.tags(.database), .timeLimit(.minutes(5)))
struct ClockJumpTests {
    /// As if the clock had just been set back by an hour.
    private func setBack(_ bare: BareQueue) async throws {
        for table in [
            "workers SET beaten_at = beaten_at +", "jobs SET claimed_at = claimed_at + interval '1 hour', due_at = due_at +",
            "claim_floors SET moved_at = moved_at + interval '1 hour', sweep_after = sweep_after + interval '1 hour', due_at = due_at +",
            "fair_turns SET due_at = due_at +", "claims SET claimed_at = claimed_at +",
        ] {
            try await bare.execute(PostgresQuery(verbatim: "UPDATE dailies.\(table) interval '1 hour'"))
        }
        try await bare.execute(
            "SELECT setval('dailies.maintenance_turns', (extract(epoch FROM clock_timestamp() + interval '1 hour') * 1000)::bigint)")
    }

    private func takeTurn(_ bare: BareQueue) async throws -> Bool {
        try await bare.value("SELECT dailies.take_maintenance_turn()")
    }

    @Test func `every stored time follows the clock, once, whoever notices`() async throws {
        try await BareQueue.with { bare in
            try await bare.insert(3, fairKey: 7)
            try await bare.execute(
                "INSERT INTO dailies.jobs (kind, state, due_at) VALUES ('noop', 'scheduled', now() + interval '10 minutes')")
            #expect(try await bare.claim(1) == [1])
            #expect(try await takeTurn(bare))
            try await setBack(bare)
            // Two workers notice it. The second finds it written down and takes no turn.
            #expect(try await takeTurn(bare))
            #expect(try await !takeTurn(bare))
            async let first = bare.queue.followClock().setBack
            async let second = bare.queue.followClock().setBack
            let moved = try await [first, second].compactMap { $0 }
            #expect(moved.count == 1 && (3590...3600).contains(moved[0]), "\(moved)")
            #expect(try await bare.queue.followClock().setBack == nil)
            // What was in the future by a distance is so again. The turn before the jump is all that is known of when it was.
            func distance(_ query: PostgresQuery) async throws -> Double { try await bare.value(query) }
            #expect(
                (570...601).contains(
                    try await distance("SELECT extract(epoch FROM due_at - now())::float8 FROM dailies.jobs WHERE state = 'scheduled'")))
            #expect((90...121).contains(try await distance("SELECT extract(epoch FROM due_at - now())::float8 FROM dailies.fair_turns")))
            for ahead in [
                "workers WHERE beaten_at > clock_timestamp()", "claims WHERE claimed_at > clock_timestamp()",
                "jobs WHERE state = 'running' AND claimed_at > clock_timestamp()",
                "claim_floors WHERE greatest(due_at, moved_at, sweep_after) > clock_timestamp()",
            ] {
                #expect(try await bare.value(PostgresQuery(verbatim: "SELECT count(*) FROM dailies.\(ahead)")) == 0, "\(ahead)")
            }
            #expect(try await bare.claim(3) == [2, 3])
        }
    }

    @Test func `a dead worker is rescued one lease later, and a living one is not`() async throws {
        try await BareQueue.with { bare in
            let dead = try await bare.queue.register(name: "dead", version: "1", slots: 1, lease: .seconds(5))
            try await bare.insert(1)
            #expect(try await bare.queue.claim(worker: dead, kinds: ["noop"], limit: 1).count == 1)
            #expect(try await takeTurn(bare))
            try await setBack(bare)
            #expect(try await takeTurn(bare))
            #expect(try await bare.queue.rescue().isEmpty, "nobody is declared dead because of the clock")
            try await until { try await bare.queue.rescue().map(\.worker) == ["dead"] }
            #expect(try await bare.claim(1) == [1])
        }
    }

    @Test func `a lane claims at once, before anybody has noticed`() async throws {
        try await BareQueue.with { bare in
            try await bare.insert(2)
            #expect(try await bare.claim(3) == [1, 2])
            try await setBack(bare)
            try await bare.insert(2)
            #expect(try await bare.value("SELECT bool_and(due_at > now()) FROM dailies.claim_floors"))
            #expect(try await bare.value("SELECT dailies.announce_waiting_jobs('{noop}')"))
            #expect(try await bare.queue.gauges().jobs["available"] == 2)
            #expect(try await bare.claim(1) == [3])
            #expect(try await bare.value("SELECT bool_and(due_at < now()) FROM dailies.claim_floors"), "the claim has raised it anew")
            #expect(try await bare.claim(1) == [4])
        }
    }

    @Test func `a place in line that is hours ahead is not overtaken for hours`() async throws {
        try await BareQueue.with { bare in
            try await bare.insert(1)
            #expect(try await takeTurn(bare))
            for _ in 1...10 { try await setBack(bare) }
            try await bare.execute(
                "SELECT setval('dailies.maintenance_turns', (extract(epoch FROM clock_timestamp() + interval '10 hours') * 1000)::bigint)")
            #expect(try await takeTurn(bare))
            _ = try await bare.queue.followClock()
            try await bare.insert(1)
            #expect(try await bare.claim(2) == [1, 2])
        }
    }

    @Test func `a jump that was noticed long ago moves nothing`() async throws {
        try await BareQueue.with { bare in
            try await bare.execute(
                "INSERT INTO dailies.jobs (kind, state, due_at) VALUES ('noop', 'scheduled', now() + interval '10 minutes')")
            try await bare.execute("INSERT INTO dailies.clock_jumps VALUES (1, interval '1 hour', now() - interval '1 day')")
            #expect(try await bare.queue.followClock().setBack == nil)
            #expect(try await bare.value("SELECT due_at > now() FROM dailies.jobs"))
            #expect(try await bare.value("SELECT count(*) FROM dailies.clock_jumps WHERE followed_at IS NULL") == 0)
        }
    }
}
