import Synchronization

/// Passes the beats of a worker on to its maintenance task. With some beats comes the turn to do maintenance for all workers.
///
/// A worker whose maintenance is still running gets no turn. Another worker gets it then, so a slow worker never keeps the others from
/// doing maintenance.
final class MaintenanceTurns: Sendable {
    private struct State {
        var hasTurn = false
        var isRunning = false
    }

    private let state = Mutex(State())
    private let beat: AsyncStream<Void>.Continuation
    /// One element for every successful beat. Beats that are not taken in time become one element.
    let beats: AsyncStream<Void>

    init() {
        (beats, beat) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Whether this worker could use a turn at once.
    var isFree: Bool { state.withLock { !$0.hasTurn && !$0.isRunning } }

    func beat(isTurn: Bool) {
        state.withLock { $0.hasTurn = $0.hasTurn || isTurn }
        beat.yield()
    }

    /// - Returns: whether it is this worker's turn to do maintenance for all workers.
    func begin() -> Bool {
        state.withLock { state in
            defer { state = State(isRunning: true) }
            return state.hasTurn
        }
    }

    func end() {
        state.withLock { $0.isRunning = false }
    }
}
