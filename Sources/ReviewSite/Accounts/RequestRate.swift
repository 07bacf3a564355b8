/// How many requests one program may send: some at once, then at a steady rate. Unused requests come back at the same rate.
struct RequestRate: Sendable {
    /// How many requests may come at once; at least 1.
    var atOnce: Int
    /// The time between two requests, in the long run.
    var interval: Duration

    /// 600 a minute, 100 of them at once: a program that reads a role of 4,000 answers in the largest parts sends 20 requests. A
    /// request takes a few milliseconds of CPU time, so one busy program uses less than a tenth of a core.
    static let standard = RequestRate(atOnce: 100, interval: .milliseconds(100))

    /// The time when a program will have all of ``atOnce`` again.
    typealias Debt = ContinuousClock.Instant

    /// Counts a request if it is allowed. A refused request changes nothing, so that trying too early does not make the wait longer.
    /// - Parameter debt: `nil` for a program without earlier requests.
    /// - Returns: how long the program has to wait; `nil` when the request is allowed.
    func count(_ debt: inout Debt?, at now: ContinuousClock.Instant) -> Duration? {
        let next = max(debt ?? now, now) + interval
        let wait = next - now - interval * atOnce
        guard wait <= .zero else { return wait }
        debt = next
        return nil
    }
}
