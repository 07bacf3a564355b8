/// The look that a worker takes by itself soon after a claim: of many inserts in one moment at most one is announced, and not the
/// last; and of a flood nobody is told at all.
///
/// It comes after 5 milliseconds where there was one job or none, and after 10 where there were several. After each wake-up in a row
/// that brought nothing it comes later, up to 320 milliseconds, because it may ask to be woken again: in a flood of jobs that are for
/// others that would slow down those who insert them. All with jitter, so that of many idle workers not all ask in one instant.
///
/// Owned by the one who claims, who ends it.
struct SecondLook {
    private var idleWakeUps = 0
    private var planned: (at: ContinuousClock.Instant, task: Task<Void, Never>)?

    /// Takes note of a claim that left slots free.
    /// - Parameters:
    ///   - found: how many jobs it brought.
    ///   - wasTold: whether a notification was the reason for it.
    ///   - look: called when it is time.
    mutating func plan(found: Int, wasTold: Bool, look: @escaping @Sendable () -> Void) {
        if found > 0 {
            idleWakeUps = 0
        } else if wasTold {
            idleWakeUps = min(idleWakeUps + 1, 7)
        } else {
            return
        }
        let milliseconds = (found > 1 ? 10.0 : 5.0) * Double(1 << max(0, idleWakeUps - 1)) * Double.random(in: 0.8...1.2)
        let time = ContinuousClock.now + .milliseconds(milliseconds)
        // The sooner one of two is enough.
        if let planned, (ContinuousClock.now...time).contains(planned.at) { return }
        planned?.task.cancel()
        let task = Task {
            guard (try? await Task.sleep(until: time)) != nil else { return }
            look()
        }
        planned = (time, task)
    }

    func end() {
        planned?.task.cancel()
    }
}
