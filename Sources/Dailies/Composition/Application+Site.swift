import Logging
import Postgres
import ReviewSite
import ServiceLifecycle
import UnixSignals

extension Application {
    /// Lends the review site with its own pool. The caller has to run it.
    /// - Parameter onReady: called with the address to open, once the site accepts connections.
    func withSite<Result: Sendable>(
        on database: PostgresConfiguration, onReady: @escaping @Sendable (_ address: String, Accounts) async -> Void,
        body: (ReviewSite) async throws -> Result
    ) async throws -> Result {
        try await awaitSchema(database)
        var database = database
        // Planning the review views takes the server several times longer than reading them.
        database.preparesStatements = true
        // A reader is told after some seconds that something is in the way, and does not wait for ever.
        database.lockLimit = LockWatch.limit
        database.answerLimit = Self.answerLimit
        return try await withStorage { [database] storage in
            // Enough to keep two cores busy. Other requests wait for a free connection.
            try await withPool(.init(database, limit: 8)) { pool in
                let accounts = Accounts(pool: pool)
                let ownership = StorageOwnership(pool, storage, at: settings.storage.value)
                let site = try ReviewSite(
                    configuration: settings.site.configuration, pool: pool, storage: storage, logger: logger,
                    onReady: { address, _ in await onReady(address, accounts) },
                    storageObstacle: { try await ownership.obstacle(makes: false) })
                return try await body(site)
            }
        }
    }

    /// Runs the site alone until SIGTERM or Ctrl-C.
    func runSite(on database: PostgresConfiguration, onReady: @escaping @Sendable (_ address: String) async -> Void) async throws {
        try await withSite(on: database) { address, _ in
            await onReady(address)
        } body: { site in
            var quiet = logger
            quiet.logLevel = max(.error, logger.logLevel)
            try await run(
                ServiceGroup(
                    configuration: ServiceGroupConfiguration(
                        services: [.init(service: StopHandOver()), .init(service: site)], gracefulShutdownSignals: [.sigterm, .sigint],
                        logger: quiet)))
        }
    }

    /// Runs services. When the task is cancelled they fail in ways of their own, and that is told as what it is.
    func run(_ services: ServiceGroup) async throws {
        do {
            try await services.run()
        } catch {
            throw Task.isCancelled && !(error is SignalWatch.StoppedAtOnce) ? CancellationError() : error
        }
    }

    func withAccounts<Result: Sendable>(_ body: @escaping @Sendable (Accounts) async throws -> Result) async throws -> Result {
        try await withPool { pool in try await body(Accounts(pool: pool)) }
    }
}
