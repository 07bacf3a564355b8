import Foundation
import Postgres
import TestSupport
import Testing

@testable import JobQueue

/// What people do to the queue by hand, statement by statement.
@Suite(.tags(.database), .timeLimit(.minutes(10)))
struct OperationsTests {
    private func withQueue(_ body: (JobQueue, UUID) async throws -> Void) async throws {
        try await TestDatabase.withDatabase { conninfo in
            let pool = PostgresPool(PostgresConfiguration(conninfo), limit: 12)
            let queue = JobQueue(pool: pool)
            try await body(queue, try await queue.register(name: "host-1:7", version: "1", slots: 4, lease: .seconds(3600)))
            await pool.close()
        }
    }

    private func insert(_ count: Int, kind: String = "noop", into queue: JobQueue) async throws {
        try await queue.pool.execute("INSERT INTO dailies.jobs (kind) SELECT \(kind) FROM generate_series(1, \(count))")
    }

    private func claimOne(_ queue: JobQueue, _ worker: UUID, kind: String = "noop") async throws -> JobClaim {
        try #require(try await queue.claim(worker: worker, kinds: [kind], limit: 1).first)
    }

    private func discardOne(_ queue: JobQueue, _ worker: UUID, because reason: String) async throws -> Int64 {
        let claim = try await claimOne(queue, worker)
        try await queue.pool.transaction { connection in
            try await queue.end(claim, as: .discarded, reason: reason, in: connection)
        }
        return claim.id
    }

    private func retry(_ queue: JobQueue, _ ids: [Int64]) async throws -> [Int64] {
        try await queue.pool.query("SELECT job_id FROM dailies.retry_jobs(\(ids), 'mended') ORDER BY job_id", as: Int64.self)
    }

    @Test func `filters select live and ended jobs`() async throws {
        try await withQueue { queue, worker in
            try await insert(4, into: queue)
            let disk = try await discardOne(queue, worker, because: "The disk is full.\nevidence")
            let bug = try await discardOne(queue, worker, because: "Index out of range.")
            let running = try await claimOne(queue, worker)
            try await insert(1, kind: "other", into: queue)
            func ids(_ filter: JobFilter, limit: Int = 50) async throws -> [Int64] {
                try await queue.jobs(filter, limit: limit).map(\.id)
            }
            let all = try await ids(JobFilter())
            #expect(all == all.sorted(by: >), "the newest first")
            #expect(all.count == 5)
            #expect(try await ids(JobFilter(), limit: 2) == Array(all.prefix(2)))
            #expect(try await ids(JobFilter(statuses: [.discarded])) == [disk, bug].sorted(by: >))
            #expect(try await ids(JobFilter(statuses: [.running])) == [running.id])
            #expect(try await ids(JobFilter(statuses: JobStatus.live)).count == 3)
            #expect(try await ids(JobFilter(reason: "DISK is")) == [disk])
            #expect(try await ids(JobFilter(kind: "other")).count == 1)
            #expect(Set(try await ids(JobFilter(worker: "host-1"))) == [disk, bug, running.id])
            #expect(try await ids(JobFilter(worker: "host-2")).isEmpty)
            try await queue.pool.execute("UPDATE dailies.jobs SET created_at = now() - interval '2 hours' WHERE kind = 'other'")
            #expect(try await ids(JobFilter(olderThan: .seconds(3600))).count == 1)
            #expect(try await ids(JobFilter(newerThan: .seconds(3600))).count == 4)
        }
    }

    @Test func `a retried job keeps its id, timeline and fence, and gets new budgets`() async throws {
        try await withQueue { queue, worker in
            try await insert(1, into: queue)
            try await queue.pool.execute("UPDATE dailies.jobs SET failures = 4, crashes = 1")
            let stale = try await claimOne(queue, worker)
            try await queue.pool.transaction { connection in
                try await queue.end(stale, as: .discarded, reason: "it broke", in: connection)
            }
            #expect(try await retry(queue, [stale.id]) == [stale.id])
            let again = try await claimOne(queue, worker)
            #expect(again.id == stale.id)
            #expect(again.attempt == stale.attempt + 1)
            #expect((again.failures, again.crashes) == (0, 0))
            await #expect(throws: JobQueueError.self, "the claim of its earlier life is void") {
                try await queue.pool.transaction { connection in try await queue.end(stale, as: .completed, in: connection) }
            }
            #expect(try await queue.status(of: stale) == .ended, "how that one ended stays known")
            try await queue.pool.transaction { connection in try await queue.end(again, as: .completed, in: connection) }
            #expect(try await queue.timeline(of: stale.id).map(\.outcome) == ["discarded", "put_back", "completed"])
            #expect(try await queue.timeline(of: stale.id).map(\.isByHand) == [false, true, false])
            #expect(try await queue.jobs(limit: 10).map(\.status) == [.completed], "it is listed once, as what it is now")
        }
    }

    @Test func `completed, live and unknown jobs are not retried`() async throws {
        try await withQueue { queue, worker in
            try await insert(2, into: queue)
            let done = try await claimOne(queue, worker)
            try await queue.pool.transaction { connection in try await queue.end(done, as: .completed, in: connection) }
            let live = try #require(try await queue.jobs(JobFilter(statuses: [.available]), limit: 1).first)
            #expect(try await retry(queue, [done.id, live.id, 4711]).isEmpty)
            #expect(try await queue.counts().live == 1)
        }
    }

    @Test func `a job that several people retry at once is retried once`() async throws {
        try await withQueue { queue, worker in
            try await insert(1, into: queue)
            let id = try await discardOne(queue, worker, because: "it broke")
            let back = try await withThrowingTaskGroup(of: Int.self) { group in
                for _ in 0..<8 { group.addTask { try await self.retry(queue, [id]).count } }
                return try await group.reduce(0, +)
            }
            #expect(back == 1)
            #expect(try await queue.counts().available == 1)
        }
    }

    @Test(arguments: [JobQueue.StopKind.cancelled, .discarded]) func `what waits is stopped at once`(how: JobQueue.StopKind) async throws {
        try await withQueue { queue, worker in
            try await insert(2, into: queue)
            try await queue.pool.execute(
                "UPDATE dailies.jobs SET state = 'scheduled', lane = 1000, due_at = now() + interval '1 hour' WHERE id = 2")
            let became = try await queue.stop([2, 1, 4711], as: how, reason: "not wanted")
            #expect(became.map(\.id) == [1, 2, 4711])
            #expect(became.map(\.became) == [.ended, .ended, .unknown])
            #expect(try await queue.counts().live == 0)
            #expect(try await queue.jobs(limit: 9).map(\.status.rawValue) == [how.rawValue, how.rawValue])
            #expect(try await queue.stop([1], as: how, reason: "again").map(\.became) == [.over])
            #expect(try await queue.timeline(of: 1).map(\.error) == ["not wanted"])
        }
    }

    @Test func `a job that is put back before its worker reads the stop request ends instead of running again`() async throws {
        try await withQueue { queue, worker in
            try await insert(2, into: queue)
            let claims = try await queue.claim(worker: worker, kinds: ["noop"], limit: 2)
            #expect(try await queue.stop(claims.map(\.id), as: .cancelled, reason: "not wanted").map(\.became) == [.asked, .asked])
            #expect(Set(try await queue.stopRequests(for: worker).map(\.job)) == Set(claims.map(\.id)))
            #expect(try await queue.job(claims[0].id)?.isToStop == true)
            try await queue.pool.transaction { connection in
                try await queue.putBack(claims[0], as: .crashed, after: .seconds(60), reason: "it died", in: connection)
                try await queue.end(claims[1], as: .completed, in: connection)
            }
            #expect(try await queue.stopRequests(for: worker).isEmpty)
            #expect(try await queue.job(claims[0].id)?.status == .cancelled)
            #expect(try await queue.job(claims[1].id)?.status == .completed, "what was done by then stays done")
            let wishes: Int = try await queue.pool.query("SELECT count(*) FROM dailies.job_stops").one().decode(at: 0)
            #expect(wishes == 0)
        }
    }

    @Test func `a pause holds for one kind or for all, until it is ended`() async throws {
        try await withQueue { queue, worker in
            try await insert(2, into: queue)
            try await insert(2, kind: "other", into: queue)
            func claimed() async throws -> [String] {
                try await queue.claim(worker: worker, kinds: ["noop", "other"], limit: 1).map(\.kind)
            }
            try await queue.pause(kind: "noop", reason: "a bug")
            #expect(try await claimed() == ["other"])
            try await queue.pause(kind: nil, reason: nil)
            try await queue.pause(kind: nil, reason: "a move")
            #expect(try await claimed().isEmpty)
            #expect(try await queue.pauses().map(\.kind) == [nil, "noop"])
            #expect(try await queue.pauses().map(\.reason) == ["a move", "a bug"])
            #expect(try await queue.resume(kind: nil) == 2)
            #expect(try await claimed() == ["noop"])
            #expect(try await queue.resume(kind: nil) == 0)
        }
    }
}
