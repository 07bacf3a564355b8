/// When a failed job is retried, and when it is discarded. A pure value: the same claim and jitter give the same decision.
public struct RetryPolicy: Hashable, Sendable {
    /// What to do with a claim that did not complete.
    public enum Decision: Hashable, Sendable {
        case retry(after: Duration)
        case discard
    }

    /// The first delay; each further one is twice as long.
    public var firstDelay: Duration
    /// The upper limit of every delay.
    public var longestDelay: Duration
    /// How many deaths of the inspector one recording may cause. With the standard 2, a job is retried after the first and discarded after
    /// the second.
    public var crashBudget: Int

    public init(firstDelay: Duration = .seconds(1), longestDelay: Duration = .seconds(600), crashBudget: Int = 2) {
        self.firstDelay = firstDelay
        self.longestDelay = longestDelay
        self.crashBudget = crashBudget
    }

    /// The decision after a fault of ours: exponential backoff, until `maxAttempts` attempts have failed, this one included.
    public func afterFailure(of claim: JobClaim, jitter: Double) -> Decision {
        guard claim.failures + 1 < claim.maxAttempts else { return .discard }
        return .retry(after: delay(step: claim.failures, jitter: jitter))
    }

    /// The decision after the inspector died: retried until the crash budget is used up, this death included.
    public func afterCrash(of claim: JobClaim, jitter: Double) -> Decision {
        guard claim.crashes + 1 < crashBudget else { return .discard }
        return .retry(after: delay(step: claim.crashes, jitter: jitter))
    }

    /// `firstDelay · 2^step`, at most `longestDelay`, then multiplied by 0.5 to 1 ("equal jitter"), so that jobs which failed
    /// together are not retried together.
    /// - Parameter jitter: uniformly random in 0...1.
    public func delay(step: Int, jitter: Double) -> Duration {
        let full = min(firstDelay * (1 << min(max(step, 0), 30)), longestDelay)
        return full * (0.5 + 0.5 * min(max(jitter, 0), 1))
    }
}
