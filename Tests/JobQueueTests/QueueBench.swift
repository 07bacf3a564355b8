import Foundation
import Logging
import Postgres
import ServiceLifecycle
import TestSupport
import Testing

@testable import JobQueue

/// A database with a queue and a table of effects, and what is needed to run workers on it.
struct QueueBench: Sendable {
    let database: PostgresConfiguration
    let pool: PostgresPool
    /// What workers use: the same, unless something stands in between.
    let workersPool: PostgresPool

    init(database: PostgresConfiguration, pool: PostgresPool, workersPool: PostgresPool? = nil) {
        self.database = database
        self.pool = pool
        self.workersPool = workersPool ?? pool
    }

    func execute(_ query: PostgresQuery) async throws { try await pool.execute(query) }

    func insert(_ count: Int, kind: String = "noop") async throws {
        try await execute("INSERT INTO dailies.jobs (kind) SELECT \(kind) FROM generate_series(1, \(count))")
    }

    func value(_ query: PostgresQuery) async throws -> Int? {
        try await pool.query(query).one().decode(at: 0)
    }

    /// Asks the database again and again until the answer is true.
    func until(_ query: PostgresQuery, fileID: String = #fileID, line: Int = #line) async throws {
        try await TestSupport.until(fileID: fileID, line: line) { try await pool.query(query).one().decode(at: 0) }
    }

    func worker(
        slots: Int = 1, graceTime: Duration = .seconds(60), retryPolicy: RetryPolicy = RetryPolicy(),
        patient: (@Sendable (JobClaim) async throws -> JobResolution)? = nil, onLeaseLost: @escaping @Sendable () -> Void = {},
        observe: @escaping @Sendable (JobWorkerEvent) -> Void = { _ in },
        _ handle: @escaping @Sendable (JobClaim) async throws -> JobResolution
    ) -> JobWorker {
        var logger = Logger(label: "worker")
        logger.logLevel = .critical
        return JobWorker(
            pool: workersPool, database: database,
            handlers: [Handler(handle: handle)] + (patient.map { [Handler(kind: "patient", isPatient: true, handle: $0)] } ?? []),
            configuration: .init(
                name: "worker", version: "1", slots: WorkerSlots(slots), pollInterval: .milliseconds(200), graceTime: graceTime,
                retryPolicy: retryPolicy
            ),
            onLeaseLost: onLeaseLost, observe: observe, logger: logger)
    }

    /// Runs workers as the commands do, until `body` returns; then shuts them down in order and waits for them.
    func run(
        _ workers: [JobWorker], until body: @escaping @Sendable () async throws -> Void,
        whileStopping: @escaping @Sendable () async -> Void = {}
    ) async throws {
        var logger = Logger(label: "group")
        logger.logLevel = .critical
        let group = ServiceGroup(services: workers, logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            do {
                try await body()
            } catch {
                tasks.cancelAll()
                throw error
            }
            await group.triggerGracefulShutdown()
            await whileStopping()
            try await tasks.waitForAll()
        }
    }

    private struct Handler: JobHandler {
        var kind = "noop"
        var isPatient = false
        let handle: @Sendable (JobClaim) async throws -> JobResolution

        func run(_ claim: JobClaim) async throws -> JobResolution { try await handle(claim) }
    }
}

extension JobWorkerTests {
    func withBench(_ body: (QueueBench) async throws -> Void) async throws {
        try await TestDatabase.withDatabase { conninfo in
            var database = PostgresConfiguration(conninfo)
            database.logger.logLevel = .critical
            let bench = QueueBench(database: database, pool: PostgresPool(database, limit: 12))
            try await bench.execute("CREATE TABLE effects (job bigint)")
            try await body(bench)
            await bench.pool.close()
        }
    }
}
