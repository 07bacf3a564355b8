import Synchronization

/// Passes the beats of a worker on to whoever keeps house in it, and with some of them the turn to do so for all workers.
///
/// One that is still at it, for whatever reason, is given no turn: then another worker gets it, and one that is ill keeps nobody else
/// from keeping house.
final class HouseTurns: Sendable {
    private struct State {
        var hasTurn = false
        var isAtIt = false
    }

    private let state = Mutex(State())
    private let beat: AsyncStream<Void>.Continuation
    /// One for every beat that got through; where they are not taken in time, one for several.
    let beats: AsyncStream<Void>

    init() {
        (beats, beat) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Whether a turn would be taken at once.
    var isFree: Bool { state.withLock { !$0.hasTurn && !$0.isAtIt } }

    func beat(isTurn: Bool) {
        state.withLock { $0.hasTurn = $0.hasTurn || isTurn }
        beat.yield()
    }

    /// - Returns: whether it is this worker's turn to keep house for all.
    func begin() -> Bool {
        state.withLock { state in
            defer { state = State(isAtIt: true) }
            return state.hasTurn
        }
    }

    func end() {
        state.withLock { $0.isAtIt = false }
    }
}
