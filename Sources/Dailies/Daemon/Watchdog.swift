import ServiceLifecycle

/// Shows systemd signs of life, twice as often as it waits for them. A process whose tasks no longer run shows none, and is restarted.
struct Watchdog: Service {
    let manager: ServiceManager

    func run() async throws {
        manager.isReady("working")
        guard let interval = manager.watchdogInterval else { return try await gracefulShutdown() }
        // First in the group, so that its turn to end comes last: shutting down may take the whole grace time.
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            manager.isAlive()
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: interval / 2) }
        }
    }
}
