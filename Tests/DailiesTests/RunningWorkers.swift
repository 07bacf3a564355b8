import Foundation
import Synchronization

/// The workers that run at present, by their places.
final class RunningWorkers: Sendable {
    private struct State {
        var processes: [Int: pid_t] = [:]
        var paused: Set<Int> = []
        var isClosed = false
    }

    private let state = Mutex(State())

    /// No more workers are wanted.
    var isClosed: Bool { state.withLock { $0.isClosed } }
    var paused: Set<Int> { state.withLock { $0.paused } }

    func process(_ place: Int) -> pid_t? { state.withLock { $0.processes[place] } }

    func enter(_ process: pid_t, as place: Int) {
        state.withLock { state in
            state.processes[place] = process
            // It came when all were told to go.
            if state.isClosed { kill(process, SIGKILL) }
        }
    }

    func leave(_ place: Int) {
        state.withLock { state in
            state.processes[place] = nil
            state.paused.remove(place)
        }
    }

    func signal(_ place: Int, _ signal: CInt) {
        state.withLock { state in
            if let process = state.processes[place] { kill(process, signal) }
        }
    }

    /// - Returns: the process that stands still now; `nil` when the place is empty.
    func pause(_ place: Int) -> pid_t? {
        state.withLock { state in
            guard let process = state.processes[place] else { return nil }
            state.paused.insert(place)
            kill(process, SIGSTOP)
            return process
        }
    }

    func wake(_ place: Int) {
        state.withLock { state in
            guard state.paused.remove(place) != nil, let process = state.processes[place] else { return }
            kill(process, SIGCONT)
        }
    }

    func wakeAll() {
        for place in paused { wake(place) }
    }

    /// Ends all of them.
    func close(_ signal: CInt) {
        state.withLock { state in
            state.isClosed = true
            for process in state.processes.values {
                kill(process, signal)
                kill(process, SIGCONT)
            }
        }
    }
}
