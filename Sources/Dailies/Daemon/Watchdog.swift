/// Sends systemd's watchdog messages, twice as often as systemd requires, until it is cancelled. If the process's tasks no longer run, none is
/// sent, and systemd restarts the process.
struct Watchdog: Sendable {
    let manager: ServiceManager

    func run() async {
        guard let interval = manager.watchdogInterval else { return }
        while !Task.isCancelled {
            manager.isAlive()
            try? await Task.sleep(for: interval / 2)
        }
    }
}
