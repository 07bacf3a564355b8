import Foundation
import Postgres
import TestSupport
import Testing

@testable import JobQueue

/// The life of a job in a real PostgreSQL, statement by statement.
@Suite(.tags(.database))
struct QueueTests {
    /// A queue on a database of its own, with a worker in it that does not beat: its lease is long, so that a crowded machine does
    /// not end it, and tests about its end move the database's times.
    private func withQueue(_ body: (JobQueue, UUID) async throws -> Void) async throws {
        try await TestDatabase.withDatabase { conninfo in
            let pool = PostgresPool(PostgresConfiguration(conninfo), limit: 12)
            let queue = JobQueue(pool: pool)
            try await body(queue, try await queue.register(name: "first", version: "1", slots: 4, lease: .seconds(3600)))
            await pool.close()
        }
    }

    private func insert(_ count: Int, into queue: JobQueue, priority: Int = 0) async throws {
        try await queue.pool.execute(
            "INSERT INTO dailies.jobs (kind, priority, payload) SELECT 'noop', \(priority), jsonb_build_object('n', n) FROM generate_series(1, \(count)) n"
        )
    }

    /// The first column of a result.
    private func column<Value: PostgresDecodable>(_ queue: JobQueue, _ query: PostgresQuery) async throws -> [Value] {
        try await queue.pool.query(query).map { row in try row.decode(at: 0) }
    }

    private func claimOne(_ queue: JobQueue, _ worker: UUID) async throws -> JobClaim {
        try #require(try await queue.claim(worker: worker, kinds: ["noop"], limit: 1).first)
    }

    @Test func `however many claim at once, each job goes to one`() async throws {
        try await withQueue { queue, worker in
            try await insert(200, into: queue)
            let claimed = try await withThrowingTaskGroup(of: [Int64].self) { group in
                for _ in 0..<10 {
                    group.addTask {
                        var mine: [Int64] = []
                        while true {
                            let batch = try await queue.claim(worker: worker, kinds: ["noop"], limit: 7)
                            if batch.isEmpty { return mine }
                            mine += batch.map(\.id)
                        }
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            #expect(claimed.count == 200)
            #expect(Set(claimed).count == 200)
        }
    }

    @Test func `the most urgent come first, then the oldest`() async throws {
        try await withQueue { queue, worker in
            try await insert(2, into: queue, priority: 10)
            try await insert(1, into: queue, priority: 0)
            let ids = try await queue.claim(worker: worker, kinds: ["noop"], limit: 10).map(\.id)
            #expect(Set(ids) == [1, 2, 3])
            let order = try await column(queue, "SELECT id FROM dailies.jobs ORDER BY priority, id") as [Int64]
            #expect(order == [3, 1, 2])
        }
    }

    @Test func `a completed job moves to the history with its timeline`() async throws {
        try await withQueue { queue, worker in
            try await insert(1, into: queue)
            let claim = try await claimOne(queue, worker)
            try await queue.pool.transaction { connection in try await queue.end(claim, as: .completed, in: connection) }
            let row = try await queue.pool.query(
                "SELECT outcome, attempt, worker, dailies.whole_timeline(h) #>> '{0,outcome}' AS how FROM dailies.job_history h"
            ).one()
            #expect(try row.decode((String.self, Int.self, String.self, String.self)) == ("completed", 1, "first", "completed"))
            #expect(try await queue.counts().live == 0)
            #expect(try await queue.status(of: claim) == .ended)
        }
    }

    @Test func `a stale attempt ends nothing, and takes its transaction's writes with it`() async throws {
        try await withQueue { queue, worker in
            try await insert(1, into: queue)
            let stale = try await claimOne(queue, worker)
            try await queue.pool.execute("UPDATE dailies.workers SET beaten_at = now() - interval '2 hours'")
            #expect(try await queue.rescue().map(\.jobs) == [1])
            let second = try await queue.register(name: "second", version: "1", slots: 1, lease: .seconds(3600))
            let current = try await claimOne(queue, second)
            #expect(current.attempt == stale.attempt + 1)

            try await queue.pool.execute("CREATE TABLE effects (by text)")
            await #expect(throws: JobQueueError.self) {
                try await queue.pool.transaction { connection in
                    try await connection.execute("INSERT INTO effects VALUES ('stale')")
                    try await queue.end(stale, as: .completed, in: connection)
                }
            }
            try await queue.pool.transaction { connection in
                try await connection.execute("INSERT INTO effects VALUES ('current')")
                try await queue.end(current, as: .completed, in: connection)
            }
            let effects = try await column(queue, "SELECT by FROM effects") as [String]
            #expect(effects == ["current"])
            #expect(try await queue.status(of: stale) == .lost)
        }
    }

    @Test(arguments: [("retried", 1, 0), ("crashed", 0, 1), ("snoozed", 0, 0), ("released", 0, 0)])
    func `a job that is put back counts the attempt by its reason`(how: String, failures: Int, crashes: Int) async throws {
        try await withQueue { queue, worker in
            try await insert(1, into: queue)
            let claim = try await claimOne(queue, worker)
            let puttingBack = try #require(JobQueue.PutBackReason(rawValue: how))
            try await queue.pool.transaction { connection in
                try await queue.putBack(claim, as: puttingBack, after: .zero, reason: "because", in: connection)
            }
            let again = try await claimOne(queue, worker)
            #expect(again.attempt == 2, "the fence rises whatever the attempt counts as")
            #expect(again.failures == failures)
            #expect(again.crashes == crashes)
            await #expect(throws: JobQueueError.self) {
                try await queue.pool.transaction { connection in
                    try await queue.putBack(claim, as: puttingBack, after: .zero, reason: nil, in: connection)
                }
            }
        }
    }

    @Test func `a delayed job is claimed when the database's clock has come that far`() async throws {
        try await withQueue { queue, worker in
            try await insert(1, into: queue)
            let claim = try await claimOne(queue, worker)
            try await queue.pool.transaction { connection in
                try await queue.putBack(claim, as: .retried, after: .seconds(3600), reason: nil, in: connection)
            }
            #expect(try await queue.claim(worker: worker, kinds: ["noop"], limit: 1).isEmpty)
            #expect(try await queue.counts().scheduled == 1)
            try await queue.pool.execute("UPDATE dailies.jobs SET due_at = now()")
            #expect(try await claimOne(queue, worker).id == claim.id)
        }
    }

    @Test func `a worker that did not beat in time claims nothing more`() async throws {
        try await withQueue { queue, worker in
            try await insert(1, into: queue)
            try await queue.pool.execute("UPDATE dailies.workers SET beaten_at = now() - interval '2 hours'")
            let error = await #expect(throws: JobQueueError.self) { try await queue.claim(worker: worker, kinds: ["noop"], limit: 1) }
            #expect(error?.code == .leaseLost)
        }
    }

    @Test func `a living worker's jobs are not rescued`() async throws {
        try await withQueue { queue, worker in
            try await insert(1, into: queue)
            _ = try await claimOne(queue, worker)
            #expect(try await queue.rescue().isEmpty)
            #expect(try await queue.counts().running == 1)
        }
    }

    @Test func `a rescue waits for nobody: a job that another session has locked is rescued by a later one`() async throws {
        try await withQueue { queue, worker in
            try await insert(3, into: queue)
            _ = try await queue.claim(worker: worker, kinds: ["noop"], limit: 2)
            _ = try await claimOne(queue, worker)
            try await queue.pool.execute("UPDATE dailies.workers SET beaten_at = now() - interval '2 hours'")
            try await queue.pool.transaction { stuck in
                try await stuck.execute("DELETE FROM dailies.jobs WHERE id = (SELECT max(id) FROM dailies.jobs)")
                #expect(try await queue.rescue().map(\.jobs) == [2])
                #expect(try await queue.rescue().isEmpty, "it says nothing of what it cannot do")
                try await queue.leave(worker: worker)
                #expect(try await queue.counts().available == 2)
            }
            // The stuck transaction has ended the last job after all. Nothing is left but the worker itself.
            #expect(try await queue.rescue().map(\.jobs) == [0])
            let left: [Int64] = try await column(
                queue, "SELECT count(*) FROM dailies.workers UNION ALL SELECT count(*) FROM dailies.claims")
            #expect(left == [0, 0])
        }
    }

    @Test func `an ending of the same attempt by another worker is not taken for one's own`() async throws {
        try await withQueue { queue, worker in
            try await insert(1, into: queue)
            let lost = try await claimOne(queue, worker)
            // As a crash of the database does that loses the claim.
            try await queue.pool.execute(
                "UPDATE dailies.jobs SET state = 'available', attempt = 0, worker_id = NULL, claimed_at = NULL")
            try await queue.pool.execute("DELETE FROM dailies.claims")
            let second = try await queue.register(name: "second", version: "1", slots: 1, lease: .seconds(3600))
            let again = try await claimOne(queue, second)
            #expect(again.attempt == lost.attempt)
            #expect(try await queue.status(of: lost) == .lost)
            try await queue.pool.transaction { connection in try await queue.end(again, as: .completed, in: connection) }
            #expect(try await queue.status(of: lost) == .lost)
            #expect(try await queue.status(of: again) == .ended)
        }
    }

    @Test func `jobs whose claim never reached their worker are put back, those that it holds are not`() async throws {
        try await withQueue { queue, worker in
            try await insert(3, into: queue)
            let claims = try await queue.claim(worker: worker, kinds: ["noop"], limit: 3)
            let held = [claims[0].id]
            #expect(try await queue.releaseUnheld(worker: worker, held: held) == 0, "their answer may still be under way")
            try await queue.pool.execute("UPDATE dailies.jobs SET claimed_at = now() - interval '2 hours'")
            try await queue.pool.execute("UPDATE dailies.claims SET claimed_at = now() - interval '2 hours'")
            #expect(try await queue.releaseUnheld(worker: worker, held: held) == 2)
            #expect(try await queue.status(of: claims[0]) == .held)
            #expect(try await queue.status(of: claims[1]) == .lost)
            let again = try await queue.claim(worker: worker, kinds: ["noop"], limit: 3)
            #expect(Set(again.map(\.attempt)) == [2])
        }
    }

    @Test func `a worker that asked for a notification gets one for the next insert, and no more until it asks again`() async throws {
        try await withQueue { queue, worker in
            var events = PostgresListener(queue.pool.configuration.connection, channels: [JobQueue.channel]).makeAsyncIterator()
            #expect(await events.next() == .connected)
            func inserts(_ name: String) async throws {
                try await insert(50, into: queue)
                try await insert(1, into: queue)
                try await queue.pool.execute("SELECT pg_notify('dailies_jobs', \(name))")
            }
            try await inserts("the first of all")
            #expect(try await queue.claim(worker: worker, kinds: ["noop"], limit: 60).count == 51)
            try await inserts("one found a flood, and looks again by itself")
            #expect(try await queue.claim(worker: worker, kinds: ["noop"], limit: 60).count == 51)
            #expect(try await queue.claim(worker: worker, kinds: ["noop"], limit: 60, asksForNotification: false).isEmpty)
            try await inserts("one found nothing, and did not ask")
            #expect(try await queue.claim(worker: worker, kinds: ["noop"], limit: 60).count == 51)
            #expect(try await queue.claim(worker: worker, kinds: ["noop"], limit: 60).isEmpty)
            try await inserts("one found nothing, and asked")
            var heard: [String] = []
            while heard.last != "one found nothing, and asked", case .notification(let notification) = await events.next() {
                heard.append(notification.payload)
            }
            #expect(
                heard == [
                    "", "the first of all", "one found a flood, and looks again by itself", "one found nothing, and did not ask", "",
                    "one found nothing, and asked",
                ])
        }
    }

    @Test func `a worker that looks twice takes each job once`() async throws {
        try await withQueue { queue, worker in
            try await insert(7, into: queue)
            let ids = try await queue.claim(worker: worker, kinds: ["noop"], limit: 10).map(\.id)
            #expect(ids.sorted() == Array(1...7))
            let rows: [[Int64]] = try await column(queue, "SELECT job_ids FROM dailies.claims")
            #expect(rows.flatMap { $0 }.sorted() == Array(1...7))
        }
    }

    @Test func `a job in a state that cannot be is refused by the database`() async throws {
        try await withQueue { queue, _ in
            for statement in [
                "INSERT INTO dailies.jobs (kind, state) VALUES ('noop', 'running')",
                "INSERT INTO dailies.jobs (kind, worker_id) VALUES ('noop', gen_random_uuid())",
                "INSERT INTO dailies.jobs (kind, state) VALUES ('noop', 'finished')",
                "INSERT INTO dailies.jobs (kind) VALUES ('DROP TABLE')",
            ] {
                let error = await #expect(throws: PostgresError.self) { try await queue.pool.execute(PostgresQuery(verbatim: statement)) }
                #expect(error?.sqlState == .checkViolation, "\(statement)")
            }
        }
    }
}
