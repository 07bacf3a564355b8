/// When a request that failed is tried again: after a random part of a time that doubles, so that workers that failed together do not
/// come back together ("Exponential Backoff And Jitter", AWS Architecture Blog: full jitter).
struct Backoff: Sendable, Hashable {
    /// Tries in all. With the times below they take six seconds at most; what lasts longer is the queue's to wait for.
    var tries = 6
    var first = Duration.milliseconds(200)
    var longest = Duration.seconds(5)
    private var failures = 0

    init() {}

    /// Counts a failure.
    /// - Parameter jitter: From 0 to 1, at random.
    /// - Returns: How long to wait, or `nil` when that was the last try.
    mutating func failed(jitter: Double = .random(in: 0...1)) -> Duration? {
        failures += 1
        guard failures < tries else { return nil }
        return min(longest, first * (1 << min(failures - 1, 20))) * jitter
    }

    /// Forgets the failures, after one try has brought the work forward.
    mutating func progressed() { failures = 0 }
}
