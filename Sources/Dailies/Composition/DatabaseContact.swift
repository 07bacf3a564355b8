import JobQueue
import Synchronization

/// What the worker's own beats tell of the database, so that it need not be asked every second by every worker whether it is there: a beat
/// is a write that got through.
final class DatabaseContact: Sendable {
    private struct State {
        var lastBeat: ContinuousClock.Instant?
        /// Something failed, and nobody has asked since with success.
        var isDoubtful = true
    }

    private let state = Mutex(State())

    func observe(_ event: JobWorkerEvent) {
        switch event {
        case .beat(gotThrough: true): state.withLock { $0.lastBeat = .now }
        case .beat(gotThrough: false), .databaseFailed: state.withLock { $0.isDoubtful = true }
        default: break
        }
    }

    func asked(found problem: String?) { state.withLock { $0.isDoubtful = problem != nil } }

    /// Whether two beats at most have passed since the database took a write, with nothing that speaks against it.
    var isFresh: Bool {
        state.withLock { state in
            guard !state.isDoubtful, let lastBeat = state.lastBeat else { return false }
            return ContinuousClock.now - lastBeat < .seconds(2)
        }
    }
}
