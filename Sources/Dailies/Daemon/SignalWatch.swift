import Glibc
import Logging
import ServiceLifecycle
import UnixSignals

/// Handles a daemon's signals, except for the first SIGTERM, which the service group handles. SIGHUP reads the settings again. A second
/// SIGTERM or Ctrl-C stops at once, without the grace time.
struct SignalWatch: Service {
    /// The SIGHUP signals. The code that starts the daemon traps them early, because an untrapped SIGHUP ends the process.
    let hangups: UnixSignalsSequence
    let manager: ServiceManager
    let reload: @Sendable () async -> Void
    let logger: Logger

    /// A second request to stop.
    struct StoppedAtOnce: Error {}

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await handleHangups() }
            try await handleStops()
            try await group.waitForAll()
        }
    }

    private func handleHangups() async {
        for await _ in hangups.cancelOnGracefulShutdown() {
            manager.isReloading()
            await reload()
            manager.isReady("working")
        }
    }

    private func handleStops() async throws {
        let signals = await UnixSignalsSequence(trapping: .sigterm, .sigint)
        // The service group traps them before it starts its services.
        StopSignals.shared.handOver(SIGTERM, SIGINT)
        manager.isReady("working")
        var isStopping = false
        // First in the group, so that it ends last: the second signal comes after the shutdown has begun.
        for await _ in signals.cancelOnGracefulShutdown() {
            if isStopping {
                logger.warning("stopping at once: running jobs are released")
                throw StoppedAtOnce()
            }
            isStopping = true
            manager.isStopping()
        }
    }
}
