import Logging
import Synchronization

/// The level from which on things are logged, shared by all loggers of a process.
final class LogLevelDial: Sendable {
    private let state: Mutex<Logger.Level>

    init(_ level: Logger.Level) {
        state = Mutex(level)
    }

    var level: Logger.Level { state.withLock { $0 } }

    func turn(to level: Logger.Level) { state.withLock { $0 = level } }
}
