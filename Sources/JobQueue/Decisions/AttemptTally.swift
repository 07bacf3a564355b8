/// Finds out whether most attempts of the last minute ended with the same error. A pure value: the caller passes the time.
///
/// An error of many jobs is not the fault of one of them, even if it looks like a fault of ours: a release that is broken, a schema that was
/// changed by hand. Attempts that end so are put off and count against nothing (``isCommon(_:now:)``), until one attempt completes.
struct AttemptTally {
    /// An error that ended an attempt.
    struct Failure {
        /// `nil` for a claim.
        var job: Int64?
        /// The same for errors with the same remedy, such as a SQLSTATE.
        var key: String
        /// In words for ops people, one line.
        var reason: String
        /// Whether the error is the installation's by its kind. Otherwise it must have met several jobs, because a single job may be at fault.
        var isInstallations: Bool
    }

    static let window = Duration.seconds(60)
    /// Fewer attempts prove nothing.
    static let fewest = 3
    /// After this time without a failure nothing is known any more: there may be no jobs left to try.
    static let memory = Duration.seconds(180)

    private struct Second {
        var begin: ContinuousClock.Instant
        var completed = 0
        var failures: [String: (count: Int, jobs: Set<Int64?>)] = [:]
    }

    private var seconds: [Second] = []
    private var common: (failure: Failure, count: Int, of: Int, last: ContinuousClock.Instant)?

    /// Attempts completed.
    mutating func completed(_ count: Int = 1, now: ContinuousClock.Instant) {
        // What ended alike does not do so any more.
        if common != nil {
            common = nil
            seconds = []
        }
        let position = current(now)
        seconds[position].completed += count
    }

    /// A claim succeeded: what kept claims from succeeding is over.
    mutating func claimed() {
        guard let common, common.failure.job == nil else { return }
        self.common = nil
        seconds = []
    }

    mutating func failed(_ failure: Failure, now: ContinuousClock.Instant) {
        let position = current(now)
        seconds[position].failures[failure.key, default: (0, [])].count += 1
        // Enough to tell one job from several.
        if (seconds[position].failures[failure.key]?.jobs.count ?? 0) < Self.fewest {
            seconds[position].failures[failure.key]?.jobs.insert(failure.job)
        }
        let mine = seconds.compactMap { $0.failures[failure.key] }
        let count = mine.reduce(0) { $0 + $1.count }
        let jobs = mine.reduce(into: Set<Int64?>()) { $0.formUnion($1.jobs) }.count
        let all = seconds.reduce(0) { $0 + $1.completed + $1.failures.values.reduce(0) { $0 + $1.count } }
        let isKnown = isCommon(failure.key, now: now)
        guard isKnown || (count >= Self.fewest && count * 2 > all && (failure.isInstallations || jobs >= Self.fewest)) else { return }
        common = (failure, count, all, now)
    }

    /// Whether attempts that end with this error are put off and count against nothing.
    func isCommon(_ key: String, now: ContinuousClock.Instant) -> Bool {
        guard let common else { return false }
        return common.failure.key == key && now - common.last < Self.memory
    }

    /// What most attempts ended with, in words for people; `nil` if they do not end alike.
    func sentence(now: ContinuousClock.Instant) -> String? {
        guard let common, now - common.last < Self.memory else { return nil }
        return """
            Most attempts end alike (\(common.count) of the last \(common.of)): \(common.failure.reason) This worker claims no jobs but one \
            at growing intervals, to try it, and none of these attempts counts.
            """
    }

    /// The position of the present second, which is added if it is new.
    private mutating func current(_ now: ContinuousClock.Instant) -> Int {
        if let last = seconds.last, now - last.begin < .seconds(1) { return seconds.count - 1 }
        seconds.removeAll { now - $0.begin > Self.window }
        seconds.append(Second(begin: now))
        return seconds.count - 1
    }
}
