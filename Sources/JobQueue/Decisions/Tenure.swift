/// The decisions of one worker between getting its lease and giving it up: pure, told of events, asked what to do.
///
/// A tenure works until it is told to drain (the process shuts down) or that its lease is lost; then it ends once its last
/// job has ended. A worker that lost its lease begins a new tenure under a new name of its own.
struct Tenure: Sendable {
    /// Where those who see something happen leave word. What happened together is told together, so that a thousand ends free a
    /// thousand slots for one claim.
    typealias Mailbox = AsyncStream<[Event]>.Continuation

    /// The most jobs that one claim asks for: more only makes the transaction longer.
    static let largestClaim = 1000

    enum Event: Hashable, Sendable {
        /// There may be something to claim: a poll, a second look, or the breaker's time.
        case woken
        /// A notification came: there is something to claim for somebody.
        case told
        /// A claim brought `count` of the `limit` jobs it asked for.
        case claimed(count: Int, limit: Int)
        /// The claim failed because the database is away.
        case claimFailed
        /// The claim was refused: others may have this worker's jobs by now.
        case claimRefused
        /// A job's resolution is in the database, or was given up.
        case jobEnded(JobEnd)
        /// Shut down in order: no new claims.
        case drain
        /// The grace time for running jobs is over.
        case graceOver
        /// Others may have this worker's jobs by now.
        case leaseLost
        /// So many jobs at once from now on.
        case slots(Int)
        /// Something that every job needs is missing, or is there again: nothing is claimed meanwhile, so that no attempt is burned.
        case held(Bool)
    }

    /// How a job ended, as far as the breaker is concerned.
    enum JobEnd: Hashable, Sendable {
        case reachedItsEnd
        case infrastructureAway
        /// Released, or its claim was no longer held: says nothing about the infrastructure.
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
    private var isHeld = false
    private var breaker = CircuitBreaker()

    init(slots: Int) {
        self.slots = slots
    }

    var isLost: Bool { phase == .lost }

    /// Jobs that are being worked on.
    var busy: Int { running }

    /// Takes note of what happened.
    /// - Parameter jitter: uniformly random in 0...1.
    /// - Returns: `.cancelJobs` where the event calls for it; ask `nextAction` for the rest.
    mutating func handle(_ event: Event, now: ContinuousClock.Instant, jitter: Double) -> Action? {
        switch event {
        case .woken, .told:
            wantsToClaim = true
        case .claimed(let count, let limit):
            isClaiming = false
            running += count
            if count > 0 { breaker.claimed() }
            // A full batch: there may be more as soon as a slot is free.
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
            case .reachedItsEnd: breaker.succeeded()
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
        case .held(let isHeld):
            self.isHeld = isHeld
            wantsToClaim = true
        }
        return nil
    }

    /// What to do now, if anything. A claim counts as under way from here on.
    mutating func nextAction(now: ContinuousClock.Instant) -> Action? {
        guard phase == .working else {
            return running == 0 && !isClaiming ? .finish : nil
        }
        guard wantsToClaim, !isClaiming, !isHeld else { return nil }
        let limit = min(breaker.allowance(slots: max(0, slots - running), now: now), Self.largestClaim)
        guard limit > 0 else { return nil }
        wantsToClaim = false
        isClaiming = true
        return .claim(limit: limit)
    }
}
