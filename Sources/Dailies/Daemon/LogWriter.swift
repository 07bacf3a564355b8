import Dispatch
import Foundation
import Glibc
import Synchronization

/// Writes log lines to standard error from a thread of its own.
///
/// Who logs never waits. Standard error may be a pipe that nobody reads, or a terminal that was stopped with Ctrl-S: a worker that waited
/// there would keep its lease and its jobs, and do nothing. Lines for which there is no room are dropped and counted, and the next line that
/// finds room says how many they were.
final class LogWriter: Sendable {
    /// The one for this process. At `exit` it gets two seconds to write what waits.
    static let standardError: LogWriter = {
        let writer = LogWriter { Terminal.err($0) }
        atexit { LogWriter.standardError.drain(within: .seconds(2)) }
        return writer
    }()

    private struct State {
        var lines: [String] = []
        var bytes = 0
        /// Lines that were dropped since the last one that found room.
        var missing = 0
        var dropped = 0
        var isWriting = false
        /// Who waits until all is written.
        var draining: [DispatchSemaphore] = []
    }

    /// How many bytes may wait: some thousand lines.
    static let room = 1 << 20

    private let state = Mutex(State())
    private let arrivals = DispatchSemaphore(value: 0)
    private let output: @Sendable (String) -> Void

    /// - Parameter output: writes text; it may take as long as it likes.
    init(output: @escaping @Sendable (String) -> Void) {
        self.output = output
        Thread.detachNewThread { [self] in writeForEver() }
    }

    /// Hands a line over. It never waits for whoever reads.
    /// - Parameter gap: the line that says how many lines are missing before this one.
    func write(_ line: String, gap: (_ missing: Int) -> String) {
        state.withLock { state in
            guard state.bytes + line.utf8.count <= Self.room else {
                state.missing += 1
                state.dropped += 1
                return
            }
            for line in (state.missing > 0 ? [gap(state.missing)] : []) + [line] {
                state.lines.append(line)
                state.bytes += line.utf8.count
            }
            state.missing = 0
        }
        arrivals.signal()
    }

    /// Hands over what a person has to read, behind the lines that wait.
    func say(_ text: String) { write(text) { "dailies: \($0) lines are missing here.\n" } }

    /// How many lines were dropped since the process began.
    var droppedCount: Int { state.withLock { $0.dropped } }

    /// Waits on this thread until everything is written, or the time is over.
    func drain(within limit: DispatchTimeInterval) {
        let written = DispatchSemaphore(value: 0)
        let isDone = state.withLock { state in
            guard state.isWriting || !state.lines.isEmpty else { return true }
            state.draining.append(written)
            return false
        }
        if !isDone { _ = written.wait(timeout: .now() + limit) }
    }

    private func writeForEver() {
        while true {
            arrivals.wait()
            let text = state.withLock { state in
                defer { (state.lines, state.bytes, state.isWriting) = ([], 0, true) }
                return state.lines.joined()
            }
            if !text.isEmpty { output(text) }
            state.withLock { state in
                state.isWriting = false
                guard state.lines.isEmpty else { return }
                for waiter in state.draining { waiter.signal() }
                state.draining = []
            }
        }
    }
}
