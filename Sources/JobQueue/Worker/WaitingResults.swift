import Synchronization

/// The results of one session whose work is over and that cannot be written at present. They are tried again outside of the slots' way: few
/// at a time, so that those that wait for a lock leave the pool's connections to other jobs.
final class WaitingResults: Sendable {
    private struct State {
        /// Why each waits, in words for people; `nil` until the second try has failed.
        var reasons: [Int64: String?] = [:]
        var free = WaitingResults.atOnce
        var queue: [CheckedContinuation<Void, Never>] = []
    }

    /// How many are tried at the same time.
    private static let atOnce = 2

    private let state = Mutex(State())

    var count: Int { state.withLock { $0.reasons.count } }

    func add(_ job: Int64) { state.withLock { $0.reasons[job] = .some(nil) } }

    func remove(_ job: Int64) { state.withLock { $0.reasons[job] = nil } }

    /// - Returns: whether this is the first that is known of why the job waits.
    func explain(_ job: Int64, _ reason: String) -> Bool {
        state.withLock { state in
            guard let known = state.reasons[job] else { return false }
            state.reasons[job] = reason
            return known == nil
        }
    }

    /// Runs `body` when it is its turn.
    func inTurn<Value>(_ body: () async throws -> Value) async rethrows -> Value {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                guard state.free == 0 else {
                    state.free -= 1
                    return true
                }
                state.queue.append(continuation)
                return false
            }
            if isFree { continuation.resume() }
        }
        defer {
            let next = state.withLock { state in
                if state.queue.isEmpty { state.free += 1 }
                return state.queue.isEmpty ? nil : state.queue.removeFirst()
            }
            next?.resume()
        }
        return try await body()
    }

    /// In words for people; `nil` when nothing has waited for longer than a moment.
    /// - Parameter stopsClaims: whether so many wait that nothing is claimed.
    func sentence(stopsClaims: Bool) -> String? {
        let reasons = state.withLock { state in state.reasons.values.compactMap { $0 } }
        guard let reason = reasons.last else { return nil }
        let what = reasons.count == 1 ? "One result waits" : "\(reasons.count) results wait"
        let rest = stopsClaims ? " This worker claims no jobs until some are written." : ""
        return "\(what) to be written, and the work is not lost: \(reason)\(rest)"
    }
}
