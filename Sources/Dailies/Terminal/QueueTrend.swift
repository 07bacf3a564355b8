/// Which way the queue goes, from what was seen of it within the last minute.
struct QueueTrend {
    private var seen: [(at: Duration, waiting: Int)] = []

    /// - Parameter time: since the watching began.
    mutating func see(waiting: Int, at time: Duration) {
        seen.append((time, waiting))
        seen.removeAll { time - $0.at > .seconds(60) }
    }

    /// By how many jobs a minute those that wait become more, or fewer (below zero); `nil` until ten seconds were seen.
    var perMinute: Double? {
        guard let first = seen.first, let last = seen.last, last.at - first.at >= .seconds(10) else { return nil }
        return Double(last.waiting - first.waiting) / ((last.at - first.at) / .seconds(60))
    }

    /// When nothing will wait any more if it goes on like this; `nil` while it does not become less.
    var untilEmpty: Duration? {
        guard let perMinute, perMinute < 0, let waiting = seen.last?.waiting, waiting > 0 else { return nil }
        return .seconds(Double(waiting) / -perMinute * 60)
    }
}
