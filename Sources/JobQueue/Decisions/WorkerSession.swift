/// The decisions of one worker from its registration until it leaves or loses its lease. A pure value: it takes events and returns
/// actions.
///
/// A session works until the process shuts down (`drain`) or the lease is lost. Then it ends as soon as its last job has ended. A worker
/// that lost its lease registers again, under a new id, and starts a new session.
///
/// A job takes a slot while it is worked on. When its work is over and its result cannot be written at present, the result waits and the
/// slot is free (`resultWaits`). Of those that wait for another session's lock only a few may wait for each slot; the others are put back. If
/// more wait nevertheless, because they cannot be put back either, nothing is claimed.
struct WorkerSession: Sendable {
    /// Where events are sent to. Events that happened together are sent together: when a thousand jobs end at once, one claim can fill all
    /// thousand slots.
    typealias Mailbox = AsyncStream<[Event]>.Continuation

    /// The most jobs that one claim asks for. More would only make the transaction longer.
    static let largestClaim = 1000
    /// How many results may wait for locks, for each slot.
    static let waitingPerSlot = 2
    /// With so many, for each slot, nothing is claimed. More than those above, which leave when they are put back.
    static let mostWaitingPerSlot = 3

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
        /// A job's work is over, and its result cannot be written now. It waits, outside of the slots.
        /// - `isRefused`: the database refuses or is away. Otherwise another session's lock is in the way, which says nothing about other jobs.
        case resultWaits(isRefused: Bool)
        /// A result that waited was written, or can no longer be written.
        case waitingResultEnded(JobEnd)
        /// The process shuts down: no new claims.
        case drain
        /// The grace time for running jobs is over.
        case graceOver
        /// The time for writing after the grace time is over, too: what is left is rescued by others.
        case giveUp
        /// The lease is lost: other workers may have this worker's jobs.
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
        /// The machine killed its inspector, or could not make one.
        case shortage
        /// The job was released, or its claim was no longer held. This says nothing about the infrastructure.
        case abandoned
    }

    enum Action: Hashable, Sendable {
        case claim(limit: Int)
        case cancelJobs
        case finish
    }

    private enum Phase {
        case working, draining, lost, givenUp
    }

    private var slots: Int
    private var phase = Phase.working
    private var running = 0
    private var isClaiming = false
    private var wantsToClaim = true
    private var isBlocked = false
    private var breaker = CircuitBreaker()
    private var pressure = SlotPressure()

    init(slots: Int) {
        self.slots = slots
    }

    var isLost: Bool { phase == .lost }

    /// Whether jobs are left that the session does not wait for.
    var isGivenUp: Bool { phase == .givenUp }

    /// The number of running jobs.
    var busy: Int { running }

    /// The number of results that wait to be written.
    private(set) var waiting = 0

    /// Whether so many results wait that nothing is claimed.
    var hasTooManyWaiting: Bool { waiting >= max(1, slots) * Self.mostWaitingPerSlot }

    /// How many slots stay empty because the machine kills inspectors.
    func withheldSlots(now: ContinuousClock.Instant) -> Int { slots - pressure.left(of: slots, now: now) }

    /// What the machine's shortage does to this worker, in words for people; `nil` if there is none.
    func shortage(now: ContinuousClock.Instant) -> String? { pressure.sentence(slots: slots, now: now) }

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
            learn(from: end, now: now, jitter: jitter)
        case .resultWaits(let isRefused):
            running -= 1
            waiting += 1
            learn(from: isRefused ? .infrastructureAway : .abandoned, now: now, jitter: jitter)
        case .waitingResultEnded(let end):
            waiting -= 1
            learn(from: end, now: now, jitter: jitter)
        case .drain:
            if phase == .working { phase = .draining }
        case .graceOver:
            if phase == .draining { return .cancelJobs }
        case .giveUp:
            if phase == .draining { phase = .givenUp }
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

    private mutating func learn(from end: JobEnd, now: ContinuousClock.Instant, jitter: Double) {
        wantsToClaim = true
        switch end {
        case .resolved:
            breaker.succeeded()
            pressure.survived()
        case .infrastructureAway: breaker.failed(now: now, jitter: jitter)
        case .shortage:
            if pressure.died(slots: slots, now: now) {
                breaker.failed(now: now, jitter: jitter)
            } else {
                breaker.learnedNothing(now: now)
            }
        case .abandoned: breaker.learnedNothing(now: now)
        }
    }

    /// What to do now; `nil` for nothing. A returned claim counts as under way.
    mutating func nextAction(now: ContinuousClock.Instant) -> Action? {
        if phase == .givenUp { return .finish }
        guard phase == .working else {
            return running == 0 && waiting == 0 && !isClaiming ? .finish : nil
        }
        guard wantsToClaim, !isClaiming, !isBlocked, !hasTooManyWaiting else { return nil }
        let free = max(0, pressure.left(of: slots, now: now) - running)
        let limit = min(breaker.allowance(slots: free, now: now), Self.largestClaim)
        guard limit > 0 else { return nil }
        wantsToClaim = false
        isClaiming = true
        return .claim(limit: limit)
    }
}
