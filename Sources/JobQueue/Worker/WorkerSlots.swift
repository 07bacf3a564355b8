import Synchronization

/// How many jobs a worker runs at once. The number may change while the worker runs. A lower number stops no running job.
public final class WorkerSlots: Sendable {
    private struct State {
        var count: Int
        var notify: (@Sendable (Int) -> Void)?
    }

    private let state: Mutex<State>

    public init(_ count: Int) {
        state = Mutex(State(count: count))
    }

    public var count: Int { state.withLock { $0.count } }

    public func change(to count: Int) {
        let notify = state.withLock { state in
            state.count = count
            return state.notify
        }
        notify?(count)
    }

    /// Calls `notify` after every change from now on. It replaces an earlier closure.
    /// - Parameter known: the count that the caller knows. If it has changed since, `notify` is called at once.
    func onChange(from known: Int, _ notify: @escaping @Sendable (Int) -> Void) {
        let count = state.withLock { state in
            state.notify = notify
            return state.count
        }
        if count != known { notify(count) }
    }
}
