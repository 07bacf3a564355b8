import Foundation
import JobQueue
import Logging
import Postgres
import ServiceLifecycle

extension QueuePeer {
    /// Many workers in one process, each as `dailies work` runs it, with connections of its own.
    func idle(on database: PostgresConfiguration) async throws {
        var logger = Logger(label: "peer")
        logger.logLevel = .error
        let listening = options.listening.map { PostgresConfiguration($0, logger: logger) }
        let workers = (1...options.workers).map { number in
            JobWorker(
                pool: PostgresPool(PostgresPool.Configuration(database, limit: 7, idleLimit: .seconds(10))), database: database,
                listening: listening, handlers: [Never(kind: "noop", isPatient: false), Never(kind: "noop_patient", isPatient: true)],
                configuration: .init(name: "peer:\(getpid()):\(number)", version: "bench", slots: WorkerSlots(2)), onLeaseLost: {},
                logger: logger)
        }
        let services = workers.map { Punctual(worker: $0, delay: .seconds(Double.random(in: 0...60))) }
        try await ServiceGroup(services: services, logger: logger).run()
    }

    /// Nobody starts a thousand machines in one instant; their beats would come in one.
    private struct Punctual: Service {
        let worker: JobWorker
        let delay: Duration

        func run() async throws {
            try await Task.sleep(for: delay)
            try await worker.run()
        }
    }

    private struct Never: JobHandler {
        let kind: String
        let isPatient: Bool

        func run(_ claim: JobClaim) async throws -> JobResolution { .completed { _ in } }
    }
}
