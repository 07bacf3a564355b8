import JobQueue

/// What the queue's SQL functions promise, without PostgreSQL: pure, small, and with time as a distance.
///
/// A tick is any span of time. A worker's age is the ticks since its last beat, a scheduled job's delay the ticks until it is due;
/// so the same model serves the exploration, where both stay small, and histories beside a real database.
struct ModelQueue: Hashable {
    /// A worker whose last beat is this old is dead. Older does not differ from this.
    static let lease = 2

    enum State: Hashable {
        case waiting
        case scheduled(dueIn: Int)
        case running(worker: Int)
        case gone
    }

    struct Job: Hashable {
        var state = State.waiting
        var attempt = 0
        var failures = 0
        var crashes = 0
        /// Its rows in the history.
        var endings: [JobQueue.Outcome] = []
        /// How often the results of its completion were written.
        var effects = 0
    }

    /// One attempt, as the worker remembers it.
    struct Claim: Hashable {
        var job: Int
        var attempt: Int
        var worker: Int
    }

    struct StaleClaim: Error {}
    struct LeaseOver: Error {}

    var jobs: [Job]
    /// Age by worker; nil for one that left or was declared dead.
    var workers: [Int?]
    let rules: ModelRules

    init(jobs: Int = 0, workers: Int = 0, rules: ModelRules = []) {
        self.jobs = Array(repeating: Job(), count: jobs)
        self.workers = Array(repeating: nil, count: workers)
        self.rules = rules
    }

    func isAlive(_ worker: Int) -> Bool { workers[worker].map { $0 < Self.lease } ?? false }

    /// Whether this worker's attempt is the one that may end the job.
    func isBlocked(_ claim: Claim) -> Bool {
        jobs[claim.job].state == .running(worker: claim.worker) && jobs[claim.job].attempt == claim.attempt
    }

    func isClaimable(_ job: Int) -> Bool {
        switch jobs[job].state {
        case .waiting, .scheduled(dueIn: 0): true
        case .running: rules.contains(.claimTakesRunningJobs)
        case .scheduled, .gone: false
        }
    }

    func jobs(of worker: Int) -> [Int] { jobs.indices.filter { jobs[$0].state == .running(worker: worker) } }
}

extension ModelQueue {
    mutating func pass(ticks: Int) {
        for worker in workers.indices { workers[worker] = workers[worker].map { min($0 + ticks, Self.lease) } }
        for job in jobs.indices {
            if case .scheduled(let dueIn) = jobs[job].state { jobs[job].state = .scheduled(dueIn: max(dueIn - ticks, 0)) }
        }
    }

    mutating func register(as worker: Int) { workers[worker] = 0 }

    /// - Returns: whether the worker is still on the list.
    mutating func beat(_ worker: Int) -> Bool {
        guard workers[worker] != nil else { return false }
        workers[worker] = 0
        return true
    }

    mutating func claim(_ job: Int, for worker: Int) throws -> Claim {
        guard isAlive(worker) || (rules.contains(.claimIgnoresLease) && workers[worker] != nil) else { throw LeaseOver() }
        jobs[job].state = .running(worker: worker)
        if !rules.contains(.claimKeepsAttempt) || jobs[job].attempt == 0 { jobs[job].attempt += 1 }
        return Claim(job: job, attempt: jobs[job].attempt, worker: worker)
    }

    /// A claim that the worker has the answer of, and that the database loses in a crash: claims do not wait for the disk.
    func lostClaim(_ job: Int, for worker: Int) throws -> Claim {
        var lost = self
        return try lost.claim(job, for: worker)
    }

    /// The transaction that completes several claims, or none of them.
    mutating func complete(_ claims: Set<Claim>) throws {
        guard claims.allSatisfy(isBlocked) else { throw StaleClaim() }
        for claim in claims { try end(claim, as: .completed) }
    }

    /// The transaction that ends a claim: with `.completed` it writes the job's results too.
    mutating func end(_ claim: Claim, as ending: JobQueue.Outcome) throws {
        guard passesFence(claim, unless: .endIgnoresAttempt) else {
            if rules.contains(.staleEndKeepsEffects), ending == .completed { jobs[claim.job].effects += 1 }
            throw StaleClaim()
        }
        if !rules.contains(.endKeepsJob) { jobs[claim.job].state = .gone }
        jobs[claim.job].endings.append(ending)
        if ending == .completed { jobs[claim.job].effects += 1 }
    }

    mutating func putBack(_ claim: Claim, as how: JobQueue.PutBackReason, dueIn ticks: Int) throws {
        guard passesFence(claim, unless: .putBackIgnoresAttempt) else { throw StaleClaim() }
        jobs[claim.job].state = ticks > 0 ? .scheduled(dueIn: ticks) : .waiting
        jobs[claim.job].failures += how == .retried ? 1 : 0
        jobs[claim.job].crashes += how == .crashed ? 1 : 0
        if rules.contains(.refundLowersAttempt), how == .snoozed || how == .released { jobs[claim.job].attempt -= 1 }
    }

    /// - Returns: the workers that were declared dead.
    mutating func rescue() -> [Int] {
        let dead = workers.indices.filter { worker in
            // A rescuer whose own clock is an hour ahead sees nobody's last beat as fresh.
            workers[worker] != nil && (!isAlive(worker) || rules.contains(.rescueTrustsLocalClock))
        }
        if rules.contains(.rescueByJobAge) {
            for job in jobs.indices { if case .running = jobs[job].state { jobs[job].state = .waiting } }
        }
        for worker in dead { bury(worker) }
        return dead
    }

    mutating func leave(_ worker: Int) {
        if !rules.contains(.leaveForgetsJobs) { for job in jobs(of: worker) { jobs[job].state = .waiting } }
        workers[worker] = nil
    }

    /// A living worker gives back what the database says it runs and it knows nothing of: the answer to a claim was lost.
    mutating func giveBackStrays(of worker: Int, knowing held: [Claim]) {
        guard !rules.contains(.straysAreKept), workers[worker] != nil else { return }
        for job in jobs(of: worker) where !held.contains(Claim(job: job, attempt: jobs[job].attempt, worker: worker)) {
            jobs[job].state = .waiting
        }
    }

    private mutating func bury(_ worker: Int) {
        if !rules.contains(.rescueForgetsJobs) {
            for job in jobs(of: worker) {
                jobs[job].state = .waiting
                if rules.contains(.rescueLowersAttempt) { jobs[job].attempt -= 1 }
            }
        }
        if !rules.contains(.rescueKeepsWorker) { workers[worker] = nil }
    }

    private func passesFence(_ claim: Claim, unless mutant: ModelRules) -> Bool {
        guard case .running = jobs[claim.job].state else { return false }
        if rules.contains(.fenceIgnoresWorker) { return jobs[claim.job].attempt == claim.attempt }
        return rules.contains(mutant) || isBlocked(claim)
    }
}
