import JobQueue
import Synchronization

/// Whether the database is reachable, as the worker's beats show. A successful beat is a successful write, so not every worker has to check
/// the database every second.
final class DatabaseReachability: Sendable {
    private struct State {
        var lastBeat: ContinuousClock.Instant?
        /// Something failed, and no check has succeeded since.
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

    /// Whether a write succeeded within the last two beats and nothing has failed since.
    var isFresh: Bool {
        state.withLock { state in
            guard !state.isDoubtful, let lastBeat = state.lastBeat else { return false }
            return ContinuousClock.now - lastBeat < .seconds(2)
        }
    }
}
