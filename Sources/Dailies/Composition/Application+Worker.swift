import Glibc
import Inspectors
import Interviews
import JobQueue
import Logging
import Migrations
import Postgres
import Recordings
import ServiceLifecycle
import Storage
import SystemPackage
import UnixSignals
import Worker

extension Application {
    func storage() async throws -> any RecordingStorage {
        try await FolderStorage.open(settings.storage.value)
    }

    func inspectors() throws -> InspectorPool {
        try InspectorPool(
            configuration: InspectorPool.Configuration(
                executable: settings.inspector?.value, sandbox: settings.sandbox.value == .off ? .off : .required), logger: logger)
    }

    /// Runs a worker until SIGTERM or Ctrl-C.
    /// - Parameters:
    ///   - untilIdle: end by itself when nothing is left to do.
    ///   - others: services that run beside it and end with it.
    func runWorker(on database: PostgresConfiguration, untilIdle: Bool = false, beside others: [any Service] = []) async throws {
        // A worker that stands still within a transaction holds its jobs, and nobody could rescue them: for as long as a lease.
        var limited = database
        limited.transactionIdleLimit = JobWorker.Configuration.standardLease
        let database = limited
        let inspectors = try inspectors()
        try await requireCage(inspectors)
        try await awaitSchema(database)

        let storage = try await storage()
        let slots = settings.slots.value
        // For claims, results, housekeeping and the watcher; and for jobs that read what they are about.
        try await withPool(database, limit: min(slots, 8) + 4) { pool in
            let configuration = JobWorker.Configuration(
                name: "\(Self.hostName()):\(getpid())", version: Release.version, slots: slots,
                pollInterval: .milliseconds(settings.pollMs.value), graceTime: .seconds(settings.graceSeconds.value),
                historyRetention: .seconds(settings.historyDays.value * 86_400))
            let handler = InspectResponse(
                interviews: Interviews(pool: pool), storage: storage, inspectors: inspectors, limits: settings.limits,
                retryPolicy: configuration.retryPolicy, logger: logger)
            let worker = JobWorker(
                pool: pool, database: database, listening: settings.listenDatabase.map { PostgresConfiguration($0.value, logger: logger) },
                handlers: [handler], configuration: configuration, onLeaseLost: { inspectors.killAll() }, logger: logger)
            var services: [ServiceGroupConfiguration.ServiceConfiguration] = ([worker] + others).map { .init(service: $0) }
            if untilIdle {
                services.append(
                    .init(service: UntilIdle(pool: pool, logger: logger), successTerminationBehavior: .gracefullyShutdownGroup))
            }
            var quiet = logger
            quiet.logLevel = max(.error, logger.logLevel)
            let group = ServiceGroup(
                configuration: ServiceGroupConfiguration(services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
            do {
                try await group.run()
                await inspectors.shutdown()
            } catch {
                await inspectors.shutdown()
                throw error
            }
        }
    }

    /// Refuses to work where the cage around inspectors cannot be built, unless that is what the setting says. What else may be wrong with
    /// the inspector passes, such as an upgrade that is under way; the jobs wait for it.
    private func requireCage(_ inspectors: InspectorPool) async throws {
        guard settings.sandbox.value == .required else {
            return logger.warning(
                "recordings are opened without a sandbox",
                metadata: [
                    "setting": "sandbox=off", "from": "\(settings.sandbox.source)",
                    "remedy": "leave the setting out where the kernel allows",
                ])
        }
        guard let support = try? await inspectors.sandboxSupport(), !support.isComplete else { return }
        await inspectors.shutdown()
        throw InspectorError.sandboxUnavailable(support)
    }

    /// A release's first process may be there before its migrations. It waits for them, because in a rolling deploy the workers of the
    /// release before go on meanwhile, and one that ended instead would be restarted until its supervisor gives it up. Whatever else is
    /// wrong with the schema ends it.
    func awaitSchema(_ database: PostgresConfiguration) async throws {
        var isTold = false
        while true {
            do {
                return try await Migrator(logger: logger).verify(on: try await PostgresConnection.connect(database))
            } catch let error as MigrationError {
                guard case .pending = error else { throw error }
                if !isTold { logger.warning("waiting for the schema", metadata: ["reason": "\(error)"]) }
                isTold = true
            }
            try await Task.sleep(for: .seconds(1))
        }
    }

    private static func hostName() -> String {
        var buffer = [CChar](repeating: 0, count: 256)
        guard gethostname(&buffer, buffer.count - 1) == 0 else { return "unknown" }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
