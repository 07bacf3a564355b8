import ServiceLifecycle

/// Sends systemd's watchdog messages, twice as often as systemd requires. If the process's tasks no longer run, none is sent, and systemd
/// restarts the process.
struct Watchdog: Service {
    let manager: ServiceManager

    func run() async throws {
        manager.isReady("working")
        guard let interval = manager.watchdogInterval else { return try await gracefulShutdown() }
        // First in the group, so that it ends last: the shutdown may take the whole grace time.
        while !Task.isCancelled, !Task.isShuttingDownGracefully {
            manager.isAlive()
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: interval / 2) }
        }
    }
}
