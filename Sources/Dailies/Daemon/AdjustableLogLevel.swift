import Logging
import Synchronization

/// The log level of a process. All loggers share it, and it can be changed while they are in use.
final class AdjustableLogLevel: Sendable {
    private let state: Mutex<Logger.Level>

    init(_ level: Logger.Level) {
        state = Mutex(level)
    }

    var level: Logger.Level { state.withLock { $0 } }

    func turn(to level: Logger.Level) { state.withLock { $0 = level } }
}
