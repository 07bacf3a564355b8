import Health
import JobQueue
import Synchronization

/// What keeps the worker from working as it should, other than a missing thing that a check finds. Readiness tells it; it stops no claims,
/// because the worker itself decides what it still claims.
final class ToldTroubles: Sendable {
    private let words = Mutex<String?>(nil)

    func observe(_ event: JobWorkerEvent) {
        if case .troubled(let words) = event { self.words.withLock { $0 = words } }
    }

    var check: HealthCheck {
        HealthCheck("work", isObstacle: false) { self.words.withLock { $0 } }
    }
}
