/// When a failed job is tried again, and when no more. Pure: the same answers for the same claim, but for jitter.
public struct RetryPolicy: Hashable, Sendable {
    /// What to do with a claim that did not complete.
    public enum Decision: Hashable, Sendable {
        case tryAgain(after: Duration)
        case giveUp
    }

    /// The first delay; each further one is twice as long.
    public var firstDelay: Duration
    /// No delay is longer.
    public var longestDelay: Duration
    /// How often the inspector may die over one recording: the design says once again, then poison.
    public var crashBudget: Int

    public init(firstDelay: Duration = .seconds(1), longestDelay: Duration = .seconds(600), crashBudget: Int = 2) {
        self.firstDelay = firstDelay
        self.longestDelay = longestDelay
        self.crashBudget = crashBudget
    }

    /// After a fault of ours: exponential backoff until `maxAttempts` attempts have failed, this one included.
    public func afterFailure(of claim: JobClaim, jitter: Double) -> Decision {
        guard claim.failures + 1 < claim.maxAttempts else { return .giveUp }
        return .tryAgain(after: delay(step: claim.failures, jitter: jitter))
    }

    /// After the inspector died: again, until the crash budget is used up, this death included.
    public func afterCrash(of claim: JobClaim, jitter: Double) -> Decision {
        guard claim.crashes + 1 < crashBudget else { return .giveUp }
        return .tryAgain(after: delay(step: claim.crashes, jitter: jitter))
    }

    /// `firstDelay · 2^step`, at most `longestDelay`, then scaled by 0.5 to 1 so that what failed together does not come
    /// back together ("equal jitter").
    /// - Parameter jitter: uniformly random in 0...1.
    public func delay(step: Int, jitter: Double) -> Duration {
        let full = min(firstDelay * (1 << min(max(step, 0), 30)), longestDelay)
        return full * (0.5 + 0.5 * min(max(jitter, 0), 1))
    }
}
