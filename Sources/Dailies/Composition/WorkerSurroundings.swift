import Health
import Logging
import Synchronization

/// What is there from a worker's first second until its end, also while it waits for the schema: its health pages, and systemd's watchdog
/// messages. Who starts the process learns at once that it runs, and by its pages what it waits for.
struct WorkerSurroundings: Sendable {
    let manager: ServiceManager
    /// `nil` without a health address.
    private let server: HealthServer?
    let report: HealthReport
    private let schema = AwaitedSchema()
    private let readiness: Readiness

    /// - Parameter health: where the health pages are; `nil` for nowhere.
    init(manager: ServiceManager, health: HealthServer.Configuration?, logger: Logger) {
        self.manager = manager
        readiness = Readiness(checks: [schema.check])
        let report = HealthReport(readiness) { [WorkerMetrics.buildInfo] }
        self.report = report
        server = health.map { HealthServer(configuration: $0, report: report, logger: logger) }
    }

    /// Runs the work among them.
    /// - Throws: what the work throws; or the health server's error, because its address is taken: then the work is cancelled.
    func during(_ work: @escaping @Sendable () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await work()
                return true
            }
            group.addTask {
                await Watchdog(manager: manager).run()
                return false
            }
            if let server {
                group.addTask {
                    try await server.run()
                    return false
                }
            }
            while let isOver = try await group.next(), !isOver {}
            group.cancelAll()
            // The work is over, and the server's last words are that it was cancelled.
            while let end = await group.nextResult() { if case .success(true) = end { break } }
        }
    }

    /// The worker waits for its schema. A start that lasted until somebody has migrated would be ended by systemd's limit of 90 seconds, so this
    /// is where it is over; what it waits for stands in the unit's status.
    /// - Parameter reason: what is missing, and the remedy.
    func waitsForSchema(_ reason: String) async {
        guard schema.isMissing(because: reason) else { return }
        _ = await readiness.refresh()
        manager.isReady("waiting for the schema: \(reason)")
    }
}

/// What a worker that waits for its schema knows.
private final class AwaitedSchema: Sendable {
    private let reason = Mutex<String?>(nil)

    /// - Returns: whether this is new.
    func isMissing(because reason: String) -> Bool {
        self.reason.withLock { known in
            defer { known = reason }
            return known != reason
        }
    }

    var check: HealthCheck {
        HealthCheck("schema") { self.reason.withLock { $0 } }
    }
}
