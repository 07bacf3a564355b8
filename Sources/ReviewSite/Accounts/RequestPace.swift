/// How often one program may ask: so many times at once, and from then on at an even pace. What it does not use comes back at that pace.
struct RequestPace: Sendable {
    /// At least 1.
    var atOnce: Int
    /// Between two requests, in the long run.
    var interval: Duration

    /// 600 a minute, 100 of them at once: a program that reads all of a role of 4,000 answers in its largest parts asks 20 times. One answer
    /// costs a core a few milliseconds, so one program that never rests takes less than a tenth of it from those who review.
    static let standard = RequestPace(atOnce: 100, interval: .milliseconds(100))

    /// What is remembered of a program: when it will have all of ``atOnce`` again.
    typealias Debt = ContinuousClock.Instant

    /// Counts a request that may go on. One that may not changes nothing, so that asking too early does not make the wait longer.
    /// - Parameter debt: `nil` for a program that has not asked yet.
    /// - Returns: how long it has to wait; `nil` when it need not.
    func count(_ debt: inout Debt?, at now: ContinuousClock.Instant) -> Duration? {
        let next = max(debt ?? now, now) + interval
        let wait = next - now - interval * atOnce
        guard wait <= .zero else { return wait }
        debt = next
        return nil
    }
}
