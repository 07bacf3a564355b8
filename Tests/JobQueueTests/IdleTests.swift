import Foundation
import Logging
import Postgres
import Synchronization
import TestSupport
import Testing

@testable import JobQueue

/// Workers that have nothing to do ask the database for next to nothing, and miss nothing all the same.
@Suite(.tags(.database), .timeLimit(.minutes(10)))
struct IdleTests {
    @Test func `only one worker gets the turn for maintenance, and the next turn comes half a second later`() async throws {
        try await BareQueue.with { bare in
            // In one statement, so that no time passes.
            let twice: PostgresQuery = "SELECT ARRAY[dailies.take_maintenance_turn(), dailies.take_maintenance_turn()]"
            #expect(try await bare.value(twice) == [true, false])
            let moved = { (seconds: Double) -> PostgresQuery in
                "SELECT setval('dailies.maintenance_turns', (extract(epoch FROM clock_timestamp()) * 1000)::bigint + \(Int64(seconds * 1000)))"
            }
            try await bare.execute(moved(-0.5))
            #expect(try await bare.value(twice) == [true, false])
            // The clock was set back: nobody waits until it is where it was.
            try await bare.execute(moved(3600))
            #expect(try await bare.value(twice) == [true, false])
        }
    }

    @Test func `a worker whose maintenance is still running gets no further turn`() {
        let turns = MaintenanceTurns()
        #expect(turns.isFree)
        turns.beat(isTurn: true)
        #expect(!turns.isFree)
        // Two beats, taken as one: the turn is not forgotten.
        turns.beat(isTurn: false)
        #expect(turns.begin())
        #expect(!turns.isFree)
        turns.end()
        #expect(turns.isFree)
        #expect(!turns.begin())
    }

    @Test func `waiting jobs are announced, unless they are paused or not yet due`() async throws {
        try await BareQueue.with { bare in
            func isAnnounced(_ kinds: [String] = ["noop"]) async throws -> Bool {
                try await bare.value("SELECT dailies.announce_waiting_jobs(\(kinds))")
            }
            #expect(try await !isAnnounced())
            try await bare.insert(1)
            #expect(try await isAnnounced())
            for kinds in [["other"], []] { #expect(try await !isAnnounced(kinds)) }
            try await bare.execute("INSERT INTO dailies.queue_pauses (kind) VALUES ('noop')")
            #expect(try await !isAnnounced())
            try await bare.execute("DELETE FROM dailies.queue_pauses")
            #expect(try await bare.claim(1) == [1])
            #expect(try await !isAnnounced(), "it runs")
            try await bare.execute("INSERT INTO dailies.jobs (kind, state, due_at) VALUES ('noop', 'scheduled', now() + interval '1 day')")
            #expect(try await !isAnnounced())
            try await bare.execute("UPDATE dailies.jobs SET due_at = now() WHERE state = 'scheduled'")
            #expect(try await isAnnounced())
            try await bare.insert(1, priority: 10)
            #expect(try await bare.claim(1).count == 1)
            #expect(try await isAnnounced(), "in another lane")
        }
    }

    /// A worker that never polls in a test's lifetime, unless it is told nothing.
    private func worker(_ name: String, on bench: QueueBench, pollInterval: Duration, _ handle: @escaping Doing) -> JobWorker {
        var logger = Logger(label: "worker")
        logger.logLevel = .critical
        return JobWorker(
            pool: bench.workersPool, database: bench.database, handlers: [Handler(handle: handle)],
            configuration: .init(name: name, version: "1", slots: WorkerSlots(1), pollInterval: pollInterval), onLeaseLost: {},
            logger: logger)
    }

    private typealias Doing = @Sendable () async -> Void

    private struct Handler: JobHandler {
        let kind = "noop"
        let handle: Doing

        func run(_ claim: JobClaim) async throws -> JobResolution {
            await handle()
            return .completed { _ in }
        }
    }

    /// Waits until so many workers have been there for so long that what they do at first is over.
    private func untilTheyIdle(_ count: Int, on bench: QueueBench) async throws {
        try await bench.until("SELECT count(*) = \(count) AND bool_and(beaten_at > started_at + interval '3 seconds') FROM dailies.workers")
    }

    /// A job of which nobody is told: without the trigger that notifies.
    private func insertSilently(on bench: QueueBench) async throws {
        try await bench.pool.withConnection { connection in
            try await connection.script(
                """
                BEGIN;
                SET LOCAL session_replication_role = replica;
                INSERT INTO dailies.jobs (kind) VALUES ('noop');
                COMMIT;
                """)
        }
    }

    @Test func `a job whose notification was lost is found, and so is a scheduled job that is due`() async throws {
        try await JobWorkerTests().withBench { bench in
            try await bench.run([worker("listener", on: bench, pollInterval: .seconds(86_400)) {}]) {
                try await untilTheyIdle(1, on: bench)
                try await insertSilently(on: bench)
                try await bench.until("SELECT count(*) = 1 FROM dailies.job_history")
                try await bench.execute(
                    "INSERT INTO dailies.jobs (kind, state, due_at) VALUES ('noop', 'scheduled', now() + interval '1 second')")
                try await bench.until("SELECT count(*) = 2 FROM dailies.job_history")
            }
        }
    }

    @Test func `a worker without a free slot announces a job whose notification was lost`() async throws {
        try await JobWorkerTests().withBench { bench in
            let (isOver, over) = AsyncStream.makeStream(of: Void.self)
            let busy = worker("busy", on: bench, pollInterval: .seconds(86_400)) { for await _ in isOver {} }
            try await bench.run([busy]) {
                try await bench.insert(1)
                try await bench.until("SELECT count(*) = 1 FROM dailies.jobs WHERE state = 'running'")
                try await bench.run([worker("free", on: bench, pollInterval: .seconds(86_400)) {}]) {
                    try await untilTheyIdle(2, on: bench)
                    try await insertSilently(on: bench)
                    try await bench.until("SELECT count(*) = 1 FROM dailies.job_history")
                }
                over.finish()
                try await bench.until("SELECT count(*) = 2 FROM dailies.job_history")
            }
        }
    }

    @Test func `workers that get notifications do not poll the queue meanwhile`() async throws {
        try await JobWorkerTests().withBench { bench in
            let workers = (1...4).map { worker("idle \($0)", on: bench, pollInterval: .milliseconds(50)) {} }
            try await bench.run(workers) {
                try await untilTheyIdle(4, on: bench)
                try await bench.execute(
                    """
                    CREATE TABLE noted AS
                    SELECT max(beaten_at) AS at, (SELECT last_value FROM dailies.claim_count) AS claims FROM dailies.workers
                    """)
                try await bench.until("SELECT max(beaten_at) > (SELECT at + interval '6 seconds' FROM noted) FROM dailies.workers")
                // Four workers that polled would have made some 480.
                let claims = try await bench.value("SELECT (SELECT last_value FROM dailies.claim_count) - claims FROM noted") ?? 0
                #expect(claims < 100, "each looks once in sixty polls")
                try await bench.insert(8)
                try await bench.until("SELECT count(*) = 8 FROM dailies.job_history")
            }
        }
    }
}
