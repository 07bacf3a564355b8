import Logging
import ServiceLifecycle
import UnixSignals

/// What signals mean to a daemon beyond the first SIGTERM, which the service group heeds: SIGHUP reads the settings again, and a second
/// SIGTERM or Ctrl-C stops at once, without the grace time.
struct SignalWatch: Service {
    let manager: ServiceManager
    let reload: @Sendable () async -> Void
    let logger: Logger

    /// A second request to stop.
    struct StoppedAtOnce: Error {}

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup, .sigterm, .sigint)
        var isStopping = false
        // First in the group, so that its turn to end comes last: the second signal comes after shutdown has begun.
        for await signal in signals.cancelOnGracefulShutdown() {
            guard signal != .sighup else {
                manager.isReloading()
                await reload()
                manager.isReady("working")
                continue
            }
            if isStopping {
                logger.warning("stopping at once: running jobs go back to the queue")
                throw StoppedAtOnce()
            }
            isStopping = true
            manager.isStopping()
        }
    }
}
