/// Stops the claiming of jobs while storage or the database is away, so that no attempts are used up and the infrastructure is not
/// overloaded when it comes back. A pure value: the caller passes the time.
///
/// Closed: everything may be claimed. After an infrastructure failure the breaker opens for a while. The while grows with every failure
/// in a row. Then one job is let through: its success closes the breaker, its failure opens it again.
public struct CircuitBreaker: Sendable {
    public enum State: Hashable, Sendable {
        case closed
        case open(until: ContinuousClock.Instant)
        /// One job runs, to find out whether the infrastructure is back.
        case probing
    }

    public private(set) var state: State = .closed
    private var failuresInARow = 0
    private let backoff: RetryPolicy

    /// - Parameter backoff: its delays say how long the breaker stays open after the first failure, the second, and so on.
    public init(backoff: RetryPolicy = RetryPolicy(firstDelay: .seconds(1), longestDelay: .seconds(30))) {
        self.backoff = backoff
    }

    /// How many of `slots` jobs may be claimed now.
    public mutating func allowance(slots: Int, now: ContinuousClock.Instant) -> Int {
        switch state {
        case .closed: return slots
        case .probing: return 0
        case .open(let until):
            return now >= until ? min(slots, 1) : 0
        }
    }

    /// Jobs were claimed; when the breaker was open, they are the probe.
    public mutating func claimed() {
        if case .open = state { state = .probing }
    }

    /// The probe neither succeeded nor failed. The next one may start at once.
    public mutating func learnedNothing(now: ContinuousClock.Instant) {
        if case .probing = state { state = .open(until: now) }
    }

    /// A job reached its end, with any outcome: the infrastructure is there.
    public mutating func succeeded() {
        failuresInARow = 0
        state = .closed
    }

    /// A job, or a claim, failed because the infrastructure is away.
    public mutating func failed(now: ContinuousClock.Instant, jitter: Double) {
        // Several jobs that meet the same outage count as one failure.
        if case .open(let until) = state, now < until { return }
        state = .open(until: now + backoff.delay(step: failuresInARow, jitter: jitter))
        failuresInARow += 1
    }
}
