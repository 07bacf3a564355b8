internal import Dispatch
internal import Synchronization

/// Hashes passwords one at a time on a separate thread. Each takes 32 MiB and a fifth of a second of CPU time, and other requests must not
/// wait for that.
///
/// Whoever waits is in a ``FairLine``: however many connections of one network keep it full, somebody from another network waits for two hashes
/// and is not refused.
final class PasswordHasher: Sendable {
    /// The most waiting hashes. With more, people would have to wait too long.
    static let mostWaiting = 16

    struct Busy: Error {}

    private struct Job: Sendable {
        var run: @Sendable () -> Void
        var refuse: @Sendable () -> Void
    }

    private struct State {
        var line = FairLine<Job>(most: PasswordHasher.mostWaiting)
        var isRunning = false
    }

    private let queue = DispatchQueue(label: "dailies.passwords", qos: .utility)
    private let state = Mutex(State())
    private let decoy = PasswordHash(matchingNothing: ())

    /// Whether `stored` is the hash of this password. With `nil` it takes equally long and is false.
    /// - Throws: ``Busy`` when there is no room for one more of this lane.
    func matches(_ password: String, stored: String?, for lane: HashLane) async throws -> Bool {
        let hash = stored.flatMap { PasswordHash(stored: $0) }
        let compared = hash ?? decoy
        return try await run(for: lane) { try compared.matches(password) }
    }

    /// - Returns: the text that the database stores.
    /// - Throws: ``Busy`` when there is no room for one more of this lane.
    func hash(_ password: String, for lane: HashLane) async throws -> String {
        try await run(for: lane) { try PasswordHash(password: password).stored }
    }

    /// How many wait, without the one that is being hashed.
    var waiting: Int { state.withLock { $0.line.count } }

    func run<Value: Sendable>(for lane: HashLane, _ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        try await withCheckedThrowingContinuation { continuation in
            let job = Job(
                run: { continuation.resume(with: Result { try work() }) }, refuse: { continuation.resume(throwing: Busy()) })
            let (refused, begins) = state.withLock { state in
                let refused = state.line.add(job, to: lane)
                defer { state.isRunning = true }
                return (refused, !state.isRunning)
            }
            refused?.refuse()
            if begins { queue.async { self.work() } }
        }
    }

    private func work() {
        while let job = next() { job.run() }
    }

    private func next() -> Job? {
        state.withLock { state in
            let job = state.line.next()
            state.isRunning = job != nil
            return job
        }
    }
}
