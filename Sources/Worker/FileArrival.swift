import JobQueue

/// When to look again for a recording whose file is not there or not whole, and when to stop waiting. A pure value.
///
/// Some programs insert the row before the file is stored, or while it is still written. That says nothing about the recording, so there is
/// no verdict before the plan is over: looks after 1, 2, 4 … seconds, at most ten minutes apart, until `patience` has passed.
struct FileArrival {
    /// What one look found.
    enum Sight: Hashable {
        case absent
        /// - Parameter isSettled: whether nobody seems to write to it.
        case file(bytes: Int64, isSettled: Bool)
    }

    enum Decision: Hashable {
        /// The file is there: look into it.
        case arrived
        /// The wait is over. A file that is too short is looked into as it is.
        case over
        case wait(Duration, because: String)
    }

    /// How long to wait from the first look on.
    var patience: Duration
    private static let plan = RetryPolicy(firstDelay: .seconds(1), longestDelay: .seconds(600))
    /// With so many looks, the plan itself has taken half a minute. A clock that jumps ahead does not shorten the wait below that.
    private static let fewestLooks = 6

    /// - Parameters:
    ///   - declared: the length that the sender announced.
    ///   - looks: how many earlier looks there were, for how long, and how many bytes the last one found.
    ///   - jitter: uniformly random in 0...1.
    func decision(
        on sight: Sight, declared: Int64?, after looks: (count: Int, waited: Duration, bytes: Int64?)?, jitter: Double
    ) -> Decision {
        guard let why = objection(to: sight, declared: declared, lastBytes: looks?.bytes) else { return .arrived }
        let waited = looks?.waited ?? .zero
        guard patience > .zero, waited < patience || (looks?.count ?? 0) < Self.fewestLooks else { return .over }
        let delay = Self.plan.delay(step: looks?.count ?? 0, jitter: jitter)
        return .wait(min(delay, max(.seconds(1), patience - waited)), because: why)
    }

    private func objection(to sight: Sight, declared: Int64?, lastBytes: Int64?) -> String? {
        switch (sight, declared) {
        case (.absent, _): return "no file is stored under its key"
        case (.file(let bytes, _), let declared?):
            return bytes < declared ? "\(bytes) of the announced \(declared) bytes are there" : nil
        case (.file(let bytes, let isSettled), nil):
            // Two looks that find the same length are enough, whatever the clocks say.
            return isSettled || bytes == lastBytes ? nil : "it may still be written: \(bytes) bytes are there"
        }
    }
}
