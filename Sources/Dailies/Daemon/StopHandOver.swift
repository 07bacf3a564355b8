import Glibc
import ServiceLifecycle

/// Takes over from ``StopSignals`` what the service group traps. The group has done so before it starts its services.
struct StopHandOver: Service {
    func run() async throws {
        StopSignals.shared.handOver(SIGINT, SIGTERM)
        try await gracefulShutdown()
    }
}
