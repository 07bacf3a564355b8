/// How long each host may take to answer while a connection is being made: an equal share of the whole time.
struct ConnectSchedule {
    private let clock = ContinuousClock()
    private let end: ContinuousClock.Instant
    private let share: Duration
    private var address: String?
    private var shareEnd: ContinuousClock.Instant

    init(timeout: Duration, hosts: Int) {
        end = clock.now + timeout
        share = timeout / max(1, hosts)
        shareEnd = end
    }

    /// Notes which host is being tried; a new one gets a share of its own.
    mutating func isTrying(_ address: String) {
        guard address != self.address else { return }
        self.address = address
        shareEnd = min(end, clock.now + share)
    }

    var isOver: Bool {
        clock.now >= end
    }

    /// For poll(2): at least 1, so that a wait never spins.
    var millisecondsLeft: Int32 {
        Int32(clamping: Int64((shareEnd - clock.now) / .milliseconds(1)).advanced(by: 1)).clamped(atLeast: 1)
    }
}

extension Int32 {
    fileprivate func clamped(atLeast least: Int32) -> Int32 {
        Swift.max(self, least)
    }
}
