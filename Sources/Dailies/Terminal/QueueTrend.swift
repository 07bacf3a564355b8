/// Whether the queue grows or shrinks, from the numbers of the last minute.
struct QueueTrend {
    private var seen: [(at: Duration, waiting: Int)] = []

    /// - Parameter time: the time since the watching began.
    mutating func see(waiting: Int, at time: Duration) {
        seen.append((time, waiting))
        seen.removeAll { time - $0.at > .seconds(60) }
    }

    /// The change of the number of waiting jobs per minute; `nil` in the first ten seconds.
    var perMinute: Double? {
        guard let first = seen.first, let last = seen.last, last.at - first.at >= .seconds(10) else { return nil }
        return Double(last.waiting - first.waiting) / ((last.at - first.at) / .seconds(60))
    }

    /// The time until no job waits, at the present rate; `nil` while the queue does not shrink.
    var untilEmpty: Duration? {
        guard let perMinute, perMinute < 0, let waiting = seen.last?.waiting, waiting > 0 else { return nil }
        return .seconds(Double(waiting) / -perMinute * 60)
    }
}
