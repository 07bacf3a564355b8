import Foundation
import Glibc
import Health
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
    func inspectors() throws -> InspectorPool {
        try InspectorPool(
            configuration: InspectorPool.Configuration(
                executable: settings.inspector?.value, sandbox: settings.sandbox.value == .off ? .off : .required), logger: logger)
    }

    /// Runs a worker until SIGTERM or Ctrl-C.
    /// - Parameters:
    ///   - untilIdle: end when no jobs are left.
    ///   - others: services that run beside it and end with it.
    ///   - reload: reads the settings again.
    func runWorker(
        on database: PostgresConfiguration, untilIdle: Bool = false, beside others: [any Service] = [],
        reload: @escaping @Sendable () async throws -> Settings
    ) async throws {
        // A worker that is stopped inside a transaction keeps locks on its jobs, so that nobody can rescue them. This limits it to one lease.
        var limited = database
        limited.transactionIdleLimit = JobWorker.Configuration.standardLease
        // No statement waits for ever for a session that does not end its transaction.
        limited.lockLimit = LockWatch.limit
        limited.answerLimit = Self.answerLimit
        let database = limited
        let hangups = await UnixSignalsSequence(trapping: .sighup)
        StopSignals.shared.handOver(SIGHUP)
        let surroundings = WorkerSurroundings(
            manager: ServiceManager(environment: ProcessInfo.processInfo.environment),
            health: settings.health.map { .init(host: $0.value.host, port: $0.value.port) }, logger: logger)
        try await surroundings.during { [database] in
            let inspectors = try inspectors()
            try await requireCage(inspectors)
            try await awaitSchema(database) { await surroundings.waitsForSchema($0) }
            try await withStorage { storage in
                try await runWorker(
                    on: database, storage, inspectors, hangups, among: surroundings, untilIdle: untilIdle, beside: others, reload: reload)
            }
        }
    }

    private func runWorker(
        on database: PostgresConfiguration, _ storage: any RecordingStorage, _ inspectors: InspectorPool,
        _ hangups: UnixSignalsSequence, among surroundings: WorkerSurroundings, untilIdle: Bool, beside others: [any Service],
        reload: @escaping @Sendable () async throws -> Settings
    ) async throws {
        let slots = WorkerSlots(settings.slots.value)
        let metrics = WorkerMetrics()
        // For claims, results, maintenance, checks and metrics; and for jobs that read their response.
        // Closed early, so that a thousand idle workers use few connections. Each worker beats and listens on separate connections.
        try await withPool(.init(database, limit: min(slots.count, 8) + 5, idleLimit: .seconds(10))) { pool in
            let configuration = JobWorker.Configuration(
                name: "\(Self.hostName()):\(getpid())", version: Release.version, slots: slots,
                pollInterval: .milliseconds(settings.pollMs.value), graceTime: .seconds(settings.graceSeconds.value),
                historyRetention: .seconds(settings.historyDays.value * 86_400))
            let interviews = Interviews(pool: pool)
            let inspecting = InspectResponse(
                interviews: interviews, storage: storage, inspectors: inspectors, limits: settings.limits,
                fileWait: .seconds(settings.fileWaitMinutes.value * 60), retryPolicy: configuration.retryPolicy,
                observe: { metrics.observe($0) }, logger: logger)
            let rendering = RenderResponse(
                interviews: interviews, storage: storage, inspectors: inspectors, limits: settings.limits,
                retryPolicy: configuration.retryPolicy)
            let contact = DatabaseReachability()
            let troubles = ToldTroubles()
            let readiness = Readiness(
                checks: WorkerChecks(
                    pool: pool, contact: contact, storage: storage,
                    ownership: StorageOwnership(pool, storage, at: settings.storage.value), folder: settings.storage.value.workFolder,
                    minFreeMiB: settings.minFreeMiB.value, inspectors: inspectors
                ).all + [troubles.check])
            let worker = JobWorker(
                pool: pool, database: database, listening: settings.listenDatabase.map { PostgresConfiguration($0.value, logger: logger) },
                handlers: [inspecting, rendering], configuration: configuration, onLeaseLost: { inspectors.killAll() },
                obstacle: { await readiness.refresh() },
                observe: { event in
                    metrics.observe(event)
                    contact.observe(event)
                    troubles.observe(event)
                }, logger: logger)
            let queue = JobQueue(pool: pool)
            surroundings.report.turn(to: readiness) {
                metrics.families(slots: slots.count) + WorkerMetrics.families(of: try? await queue.gauges())
                    + WorkerMetrics.families(of: try? await interviews.reconciliation())
                    + WorkerMetrics.families(of: try? await TransactionGauges.read(pool))
            }
            // Services end in the reverse order: the worker ends before the service that reports on it.
            var services: [ServiceGroupConfiguration.ServiceConfiguration] = [
                .init(
                    service: SignalWatch(
                        hangups: hangups, manager: surroundings.manager, reload: { await takeOver(reload, slots) }, logger: logger))
            ]
            services.append(
                .init(
                    service: Housekeeping(
                        interviews: interviews, outboxRetention: .seconds(settings.outboxDays.value * 86_400), logger: logger)))
            services += ([worker] + others).map { .init(service: $0) }
            if untilIdle {
                services.append(
                    .init(
                        service: IdleShutdown(pool: pool, kinds: [inspecting.kind, rendering.kind], logger: logger),
                        successTerminationBehavior: .gracefullyShutdownGroup))
            }
            var quiet = logger
            quiet.logLevel = max(.error, logger.logLevel)
            let group = ServiceGroup(
                configuration: ServiceGroupConfiguration(services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: quiet))
            do {
                try await run(group)
                await inspectors.shutdown()
            } catch is SignalWatch.StoppedAtOnce {
                await inspectors.shutdown()
            } catch {
                await inspectors.shutdown()
                throw error
            }
        }
    }

    /// Applies the settings that may change while a worker runs: the log level and the number of slots. Other changes need a restart.
    private func takeOver(_ reload: () async throws -> Settings, _ slots: WorkerSlots) async {
        do {
            let settings = try await reload()
            logLevel.turn(to: settings.logLevel.value.level)
            if settings.slots.value != slots.count { slots.change(to: settings.slots.value) }
            logger.notice(
                "settings were read again", metadata: ["log-level": "\(logLevel.level)", "slots": "\(slots.count)"])
        } catch {
            logger.error("the settings cannot be read again; the old ones stay in effect", metadata: ["error": "\(error)"])
        }
    }

    /// Refuses to work when the inspectors' sandbox does not work on this machine, unless the setting allows it. Other problems of the
    /// inspector, such as an upgrade in progress, are temporary, and the jobs wait.
    private func requireCage(_ inspectors: InspectorPool) async throws {
        guard settings.sandbox.value == .required else {
            return logger.warning(
                "recordings are opened without a sandbox",
                metadata: [
                    "setting": "sandbox=off", "from": "\(settings.sandbox.source)",
                    "remedy": "remove `sandbox: off` if the kernel has Landlock and seccomp",
                ])
        }
        guard let support = try? await inspectors.sandboxSupport(), !support.isComplete else { return }
        await inspectors.shutdown()
        throw InspectorError.sandboxUnavailable(support)
    }

    /// Waits for the schema's migrations, because a release's first worker may start before them. In a rolling deploy the earlier release's
    /// workers go on meanwhile. A worker that ended instead would be restarted until its supervisor stops trying. Any other problem of the
    /// schema ends the worker.
    /// - Parameter onWait: called each second with what is missing and the remedy.
    func awaitSchema(
        _ database: PostgresConfiguration, onWait: (_ reason: String) async -> Void = { _ in }
    ) async throws {
        var isTold = false
        while true {
            do {
                return try await Migrator(logger: logger).verify(on: try await PostgresConnection.connect(database))
            } catch let error as MigrationError {
                guard case .pending = error else { throw error }
                if !isTold { logger.warning("waiting for the schema", metadata: ["reason": "\(error)"]) }
                isTold = true
                await onWait("\(error)")
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
