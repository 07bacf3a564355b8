import Synchronization

/// How many jobs a worker runs at once; may be changed while it works. Fewer stop nothing: what runs over the number ends by itself.
public final class WorkerSlots: Sendable {
    private struct State {
        var count: Int
        var tell: (@Sendable (Int) -> Void)?
    }

    private let state: Mutex<State>

    public init(_ count: Int) {
        state = Mutex(State(count: count))
    }

    public var count: Int { state.withLock { $0.count } }

    public func change(to count: Int) {
        let tell = state.withLock { state in
            state.count = count
            return state.tell
        }
        tell?(count)
    }

    /// Whom to tell of changes from now on, in place of whom was told before.
    /// - Parameter known: the count that they know; they are told at once when it has changed since.
    func onChange(from known: Int, _ tell: @escaping @Sendable (Int) -> Void) {
        let count = state.withLock { state in
            state.tell = tell
            return state.count
        }
        if count != known { tell(count) }
    }
}
