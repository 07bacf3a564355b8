/// The decisions of one worker from its registration until it leaves or loses its lease. A pure value: it takes events and returns
/// actions.
///
/// A session works until the process shuts down (`drain`) or the lease is lost. Then it ends as soon as its last job has ended. A worker
/// that lost its lease registers again, under a new id, and starts a new session.
struct WorkerSession: Sendable {
    /// Where events are sent to. Events that happened together are sent together: when a thousand jobs end at once, one claim can fill all
    /// thousand slots.
    typealias Mailbox = AsyncStream<[Event]>.Continuation

    /// The most jobs that one claim asks for. More would only make the transaction longer.
    static let largestClaim = 1000

    enum Event: Hashable, Sendable {
        /// There may be jobs to claim: a poll, a follow-up claim, or the end of the breaker's delay.
        case woken
        /// A notification came: there are jobs to claim, for this worker or another.
        case notified
        /// A claim brought `count` of the `limit` jobs it asked for.
        case claimed(count: Int, limit: Int)
        /// The claim failed because the database is away.
        case claimFailed
        /// The claim was refused because the lease is lost.
        case claimRefused
        /// A job's resolution was written, or can no longer be written.
        case jobEnded(JobEnd)
        /// The process shuts down: no new claims.
        case drain
        /// The grace time for running jobs is over.
        case graceOver
        /// The lease is lost: other workers may have this worker's jobs by now.
        case leaseLost
        /// The number of slots changed to this.
        case slots(Int)
        /// Whether something is missing that every job needs. While it is, nothing is claimed, so that no attempt is used up.
        case claimsBlocked(Bool)
    }

    /// What the end of a job tells the circuit breaker.
    enum JobEnd: Hashable, Sendable {
        case resolved
        case infrastructureAway
        /// The job was released, or its claim was no longer held. This says nothing about the infrastructure.
        case abandoned
    }

    enum Action: Hashable, Sendable {
        case claim(limit: Int)
        case cancelJobs
        case finish
    }

    private enum Phase {
        case working, draining, lost
    }

    private var slots: Int
    private var phase = Phase.working
    private var running = 0
    private var isClaiming = false
    private var wantsToClaim = true
    private var isBlocked = false
    private var breaker = CircuitBreaker()

    init(slots: Int) {
        self.slots = slots
    }

    var isLost: Bool { phase == .lost }

    /// The number of running jobs.
    var busy: Int { running }

    /// Applies an event.
    /// - Parameter jitter: uniformly random in 0...1.
    /// - Returns: `.cancelJobs` if running jobs have to be stopped. For every other action call `nextAction`.
    mutating func handle(_ event: Event, now: ContinuousClock.Instant, jitter: Double) -> Action? {
        switch event {
        case .woken, .notified:
            wantsToClaim = true
        case .claimed(let count, let limit):
            isClaiming = false
            running += count
            if count > 0 { breaker.claimed() }
            // The claim brought all that it asked for: there may be more.
            if count == limit { wantsToClaim = true }
        case .claimFailed:
            isClaiming = false
            breaker.failed(now: now, jitter: jitter)
        case .claimRefused:
            isClaiming = false
            phase = .lost
            return .cancelJobs
        case .jobEnded(let end):
            running -= 1
            wantsToClaim = true
            switch end {
            case .resolved: breaker.succeeded()
            case .infrastructureAway: breaker.failed(now: now, jitter: jitter)
            case .abandoned: breaker.learnedNothing(now: now)
            }
        case .drain:
            if phase == .working { phase = .draining }
        case .graceOver:
            if phase == .draining { return .cancelJobs }
        case .leaseLost:
            phase = .lost
            return .cancelJobs
        case .slots(let count):
            slots = count
            wantsToClaim = true
        case .claimsBlocked(let isBlocked):
            self.isBlocked = isBlocked
            wantsToClaim = true
        }
        return nil
    }

    /// What to do now; `nil` for nothing. A returned claim counts as under way.
    mutating func nextAction(now: ContinuousClock.Instant) -> Action? {
        guard phase == .working else {
            return running == 0 && !isClaiming ? .finish : nil
        }
        guard wantsToClaim, !isClaiming, !isBlocked else { return nil }
        let limit = min(breaker.allowance(slots: max(0, slots - running), now: now), Self.largestClaim)
        guard limit > 0 else { return nil }
        wantsToClaim = false
        isClaiming = true
        return .claim(limit: limit)
    }
}
