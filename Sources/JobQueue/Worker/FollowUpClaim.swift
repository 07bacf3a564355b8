/// The further claim that a worker makes soon after one that left slots free. It is needed because not every insert is announced: of
/// several inserts at the same time at most one notifies, and during a flood of inserts none does.
///
/// It comes 5 milliseconds after a claim that brought one job or none, and 10 after a claim that brought several. After each notification
/// in a row that brought no job it comes later, up to 320 milliseconds. The reason: each such claim may ask for another notification, which
/// costs the inserting sessions time. All delays have jitter, so that many idle workers do not claim at the same time.
struct FollowUpClaim {
    private var idleWakeUps = 0
    private var planned: (at: ContinuousClock.Instant, task: Task<Void, Never>)?

    /// Plans a follow-up to a claim that left slots free.
    /// - Parameters:
    ///   - found: how many jobs the claim brought.
    ///   - wasNotified: whether a notification caused the claim.
    ///   - claim: called when it is time.
    mutating func plan(found: Int, wasNotified: Bool, claim: @escaping @Sendable () -> Void) {
        if found > 0 {
            idleWakeUps = 0
        } else if wasNotified {
            idleWakeUps = min(idleWakeUps + 1, 7)
        } else {
            return
        }
        let milliseconds = (found > 1 ? 10.0 : 5.0) * Double(1 << max(0, idleWakeUps - 1)) * Double.random(in: 0.8...1.2)
        let time = ContinuousClock.now + .milliseconds(milliseconds)
        // If a sooner one is planned, it is enough.
        if let planned, (ContinuousClock.now...time).contains(planned.at) { return }
        planned?.task.cancel()
        let task = Task {
            guard (try? await Task.sleep(until: time)) != nil else { return }
            claim()
        }
        planned = (time, task)
    }

    func end() {
        planned?.task.cancel()
    }
}
