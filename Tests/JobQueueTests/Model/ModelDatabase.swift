import Foundation
import Postgres

@testable import JobQueue

/// A real queue that is led through the steps of a model and has to agree with it after each.
struct ModelDatabase {
    /// Where the two went apart.
    struct Disagreement: Error, CustomStringConvertible {
        var description: String
    }

    /// One tick of the model. So long that the test's own time does not count.
    private static let tick = Duration.seconds(3600)

    let queue: JobQueue
    let pool: PostgresPool
    private var model = ModelQueue()
    private var workers: [UUID] = []
    private var claims: [ModelQueue.Claim: JobClaim] = [:]

    init(pool: PostgresPool) async throws {
        self.pool = pool
        queue = JobQueue(pool: pool)
        try await pool.execute("CREATE TABLE effects (job bigint)")
    }

    /// Runs one history.
    /// - Throws: `Disagreement`, with the seed and all steps so far.
    mutating func run(seed: UInt64, steps: Int) async throws {
        var history = ModelHistory(seed: seed)
        var taken: [ModelHistory.Step] = []
        for _ in 0..<steps {
            let step = history.next(in: model)
            taken.append(step)
            do {
                try await take(step)
                history.claims = claims.keys.sorted { ($0.job, $0.attempt, $0.worker) < ($1.job, $1.attempt, $1.worker) }
                try await expectAgreement()
            } catch {
                let way = taken.map { "  \($0)" }.joined(separator: "\n")
                throw Disagreement(description: "seed \(seed), after \(taken.count) steps: \(error)\n\(way)")
            }
        }
    }

    private mutating func take(_ step: ModelHistory.Step) async throws {
        switch step {
        case .insert(let count):
            for _ in 0..<count {
                try await pool.execute("INSERT INTO dailies.jobs (kind) VALUES ('noop')")
                model.jobs.append(ModelQueue.Job())
            }
        case .register:
            let name = "w\(workers.count)"
            workers.append(try await queue.register(name: name, version: "1", slots: 1, lease: Self.tick * ModelQueue.lease))
            model.workers.append(0)
        case .beat(let worker):
            let isThere = try await pool.query("SELECT dailies.beat_worker(\(workers[worker])) AS alive").one().decode(
                "alive", as: Bool.self)
            try agree(isThere, model.beat(worker), on: "whether the worker is there")
        case .claim(let worker, let limit):
            let taken = try await taken(by: workers[worker], limit, isLost: false)
            try claim(taken, worker, limit)
        case .lostClaim(let worker, let limit):
            let before = model
            let taken = try await taken(by: workers[worker], limit, isLost: true)
            try claim(taken, worker, limit)
            model = before
        case .end(let claim, let ending):
            let real = claims[claim]
            let isStale = try await isRefused(real) { connection, real in
                if ending == .completed { try await connection.execute("INSERT INTO effects VALUES (\(real.id))") }
                try await queue.end(real, as: ending, in: connection)
            }
            try agree(isStale, (try? model.end(claim, as: ending)) == nil, on: "whether the claim is stale")
        case .complete(let claims):
            let reals = claims.compactMap { self.claims[$0] }
            let isStale = try await isRefused(reals) { connection, reals in
                for real in reals { try await connection.execute("INSERT INTO effects VALUES (\(real.id))") }
                try await queue.complete(reals, in: connection)
            }
            try agree(isStale, (try? model.complete(claims)) == nil, on: "whether one of the claims is stale")
        case .putBack(let claim, let how, let dueIn):
            let isStale = try await isRefused(claims[claim]) { connection, real in
                try await queue.putBack(real, as: how, after: Self.tick * dueIn, reason: nil, in: connection)
            }
            try agree(isStale, (try? model.putBack(claim, as: how, dueIn: dueIn)) == nil, on: "whether the claim is stale")
        case .rescue:
            let dead = try await queue.rescue().map(\.worker).sorted()
            try agree(dead, model.rescue().map { "w\($0)" }.sorted(), on: "who is declared dead")
        case .leave(let worker):
            try await queue.leave(worker: workers[worker])
            model.leave(worker)
        case .pass(let ticks):
            try await pool.execute("UPDATE dailies.workers SET beaten_at = beaten_at - \(Self.tick * ticks)")
            try await pool.execute("UPDATE dailies.jobs SET due_at = due_at - \(Self.tick * ticks)")
            // So that claims raise the floors as they would by then.
            try await pool.execute(
                "UPDATE dailies.claim_floors SET due_at = due_at - \(Self.tick * ticks), moved_at = moved_at - \(Self.tick * ticks)")
            model.pass(ticks: ticks)
        }
    }

    /// - Returns: `nil` when the lease is over.
    private func taken(by worker: UUID, _ limit: Int, isLost: Bool) async throws -> [JobClaim]? {
        do {
            if isLost { return try await loseClaim(worker, limit) }
            return try await queue.claim(worker: worker, kinds: ["noop"], limit: limit)
        } catch let error as JobQueueError where error.code == .leaseLost {
            return nil
        }
    }

    /// Which of the jobs are claimed is the queue's choice; that they may be, and how many, is the model's.
    private mutating func claim(_ taken: [JobClaim]?, _ worker: Int, _ limit: Int) throws {
        guard let taken else { return try agree(false, model.isAlive(worker), on: "whether the lease holds") }
        try agree(true, model.isAlive(worker), on: "whether the lease holds")
        let claimable = model.jobs.indices.filter(model.isClaimable)
        try agree(taken.count, min(limit, claimable.count), on: "how many jobs are claimed")
        for real in taken {
            let job = Int(real.id) - 1
            guard claimable.contains(job) else { throw Disagreement(description: "job \(job) was claimed, and must not be") }
            let claimed = try model.claim(job, for: worker)
            try agree(real.attempt, claimed.attempt, on: "the attempt")
            claims[claimed] = real
        }
    }

    /// A crash undoes the latest claim, whose answer its worker has: so does ROLLBACK.
    private func loseClaim(_ worker: UUID, _ limit: Int) async throws -> [JobClaim] {
        struct Crash: Error { var taken: [JobClaim] }
        do {
            return try await pool.transaction { connection in
                let rows = try await connection.query(
                    """
                    SELECT id, kind, payload::text, attempt, failures, crashes, max_attempts, claim_id, claimed_at - created_at
                    FROM dailies.claim_jobs(\(worker), '{noop}', \(limit)::integer)
                    """)
                throw Crash(taken: try rows.map { try JobClaim(from: $0, of: worker) })
            }
        } catch let crash as Crash {
            return crash.taken
        } catch let error as PostgresError where error.sqlState == .leaseOver {
            throw JobQueueError.leaseLost
        }
    }

    private func isRefused<Claims>(
        _ claim: Claims?, _ body: (PostgresConnection, Claims) async throws -> Void
    ) async throws -> Bool {
        guard let claim else { throw Disagreement(description: "a claim of the model is not the database's") }
        do {
            try await pool.transaction { connection in try await body(connection, claim) }
            return false
        } catch let error as JobQueueError where error.code == .claimLost {
            return true
        }
    }

    private func expectAgreement() async throws {
        let real = try await pool.query(Self.picture).map { row in try row.decode(at: 0, as: String.self) }
        try agree(real.sorted(), model.picture.sorted(), on: "how things stand")
    }

    private func agree<Value: Equatable>(_ real: Value, _ modelled: Value, on what: String) throws {
        guard real != modelled else { return }
        throw Disagreement(description: "\(what): the database says \(real), the model \(modelled)")
    }

    private static let picture: PostgresQuery = """
        SELECT format('job %s %s, attempt %s, %s failures, %s crashes', id - 1,
                      CASE WHEN state = 'running' THEN 'runs on ' || coalesce((SELECT name FROM dailies.workers w WHERE w.id = worker_id), 'nobody')
                           WHEN state = 'scheduled' AND due_at > now() THEN 'is scheduled' ELSE 'waits' END,
                      attempt, failures, crashes)
        FROM dailies.jobs
        UNION ALL
        SELECT format('job %s %s, attempt %s, %s failures, %s crashes', id - 1, outcome, attempt, failures, crashes) FROM dailies.job_history
        UNION ALL
        SELECT format('worker %s %s', name, CASE WHEN beaten_at >= now() - lease THEN 'lives' ELSE 'is dead' END) FROM dailies.workers
        UNION ALL
        SELECT format('%s effects of job %s', count(*), job - 1) FROM effects GROUP BY job
        """
}

extension ModelQueue {
    /// The same words as the database's picture of itself.
    fileprivate var picture: [String] {
        var lines: [String] = []
        for (index, job) in jobs.enumerated() {
            let state =
                switch job.state {
                case .waiting, .scheduled(dueIn: 0): "waits"
                case .scheduled: "is scheduled"
                case .running(let worker): "runs on w\(worker)"
                case .gone: job.endings.first?.rawValue ?? "is lost"
                }
            lines.append("job \(index) \(state), attempt \(job.attempt), \(job.failures) failures, \(job.crashes) crashes")
            if job.effects > 0 { lines.append("\(job.effects) effects of job \(index)") }
        }
        for (index, age) in workers.enumerated() where age != nil {
            lines.append("worker w\(index) \(isAlive(index) ? "lives" : "is dead")")
        }
        return lines
    }
}
