/// When a failed request is tried again: after a random part of a time that doubles, so that workers that failed together do not try again
/// together ("Exponential Backoff And Jitter", AWS Architecture Blog: full jitter).
struct Backoff: Sendable, Hashable {
    /// The number of tries. With the times below they take at most six seconds. For longer outages the queue snoozes the job.
    var tries = 6
    var first = Duration.milliseconds(200)
    var longest = Duration.seconds(5)
    private var failures = 0

    init() {}

    /// Counts a failure.
    /// - Parameter jitter: From 0 to 1, at random.
    /// - Returns: How long to wait; `nil` after the last try.
    mutating func failed(jitter: Double = .random(in: 0...1)) -> Duration? {
        failures += 1
        guard failures < tries else { return nil }
        return min(longest, first * (1 << min(failures - 1, 20))) * jitter
    }

    /// Forgets the failures after a try that made progress.
    mutating func progressed() { failures = 0 }
}
