import Logging
import ServiceLifecycle
import UnixSignals

/// What signals mean to a daemon beyond the first SIGTERM, which the service group heeds: SIGHUP reads the settings again, and a second
/// SIGTERM or Ctrl-C stops at once, without the grace time.
struct SignalWatch: Service {
    /// Those of SIGHUP. Trapped by whoever starts the daemon, before anything that takes time: untrapped, the signal ends the process.
    let hangups: UnixSignalsSequence
    let manager: ServiceManager
    let reload: @Sendable () async -> Void
    let logger: Logger

    /// A second request to stop.
    struct StoppedAtOnce: Error {}

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await heedHangups() }
            try await heedStops()
            try await group.waitForAll()
        }
    }

    private func heedHangups() async {
        for await _ in hangups.cancelOnGracefulShutdown() {
            manager.isReloading()
            await reload()
            manager.isReady("working")
        }
    }

    private func heedStops() async throws {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        var isStopping = false
        // First in the group, so that its turn to end comes last: the second signal comes after shutdown has begun.
        for await _ in signals.cancelOnGracefulShutdown() {
            if isStopping {
                logger.warning("stopping at once: running jobs go back to the queue")
                throw StoppedAtOnce()
            }
            isStopping = true
            manager.isStopping()
        }
    }
}
