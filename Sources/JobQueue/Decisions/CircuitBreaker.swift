/// Stops the claiming of jobs while the infrastructure below them is away, so that no attempts are burned and nothing is
/// hammered. Pure: time is handed in.
///
/// Closed: everything may be claimed. After an infrastructure failure it opens for a while, which grows with every failure in
/// a row; then it lets one job through. That job's success closes it, its failure opens it again.
public struct CircuitBreaker: Sendable {
    public enum State: Hashable, Sendable {
        case closed
        case open(until: ContinuousClock.Instant)
        /// One job is on its way to find out.
        case probing
    }

    public private(set) var state: State = .closed
    private var failuresInARow = 0
    private let backoff: RetryPolicy

    /// - Parameter backoff: its delays, from the first failure on, are how long the breaker stays open.
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

    /// The probe came to nothing either way: the next one may start at once.
    public mutating func learnedNothing(now: ContinuousClock.Instant) {
        if case .probing = state { state = .open(until: now) }
    }

    /// A job got through to its end, whatever its outcome: the infrastructure is there.
    public mutating func succeeded() {
        failuresInARow = 0
        state = .closed
    }

    /// A job, or the claiming itself, found the infrastructure away.
    public mutating func failed(now: ContinuousClock.Instant, jitter: Double) {
        // Several jobs that run into the same outage are one failure.
        if case .open(let until) = state, now < until { return }
        state = .open(until: now + backoff.delay(step: failuresInARow, jitter: jitter))
        failuresInARow += 1
    }
}
