import Interviews
import LocalPostgres
import Logging
import Migrations
import Postgres
import SystemPackage

/// Puts the parts together for the commands: which database, which storage, which inspectors. Each resource is lent to a
/// closure and closed after it, in the reverse order of opening.
struct Application: Sendable {
    let settings: Settings
    let logger: Logger
    /// For the statements of workers and sites, of which none takes a quarter of it on ten million answers.
    static let answerLimit = Duration.seconds(120)
    /// Changes the level of `logger` while it is in use.
    let logLevel: AdjustableLogLevel

    /// - Parameter isService: services log what they do. Other commands log only problems, unless the settings ask for more.
    init(settings: Settings, isService: Bool = false) {
        self.settings = settings
        let isDefault = settings.logLevel.source == .standard
        let dial = AdjustableLogLevel(isDefault && !isService ? .warning : settings.logLevel.value.level)
        logLevel = dial
        logger = Logger(label: "dailies") { _ in ServiceLogHandler(dial: dial, style: isService && !Terminal.isInteractive ? .json : .text)
        }
    }

    /// Lends the database that the settings name. The private server is started if it does not run, watched meanwhile, and
    /// stopped afterwards if nobody else uses it.
    func withDatabase<Result: Sendable>(_ body: @escaping @Sendable (PostgresConfiguration) async throws -> Result) async throws -> Result {
        switch settings.database.value {
        case .server(let connection):
            return try await body(PostgresConfiguration(connection, logger: logger))
        case .privateServer:
            let folder = settings.data.value.appending("postgres")
            return try await LocalPostgres.withServer(LocalPostgres.Configuration(folder: folder), logger: logger) { connection in
                let database = PostgresConfiguration(connection, logger: logger)
                // The private server has no other program that migrates its schema.
                _ = try await migrate(database)
                return try await body(database)
            }
        }
    }

    /// Lends a pool on a database whose schema this program can work with.
    /// - Throws: `MigrationError` when the schema is behind.
    func withPool<Result: Sendable>(
        limit: Int = 4, _ body: @escaping @Sendable (PostgresPool) async throws -> Result
    ) async throws -> Result {
        try await withDatabase { database in
            var limited = database
            limited.lockLimit = LockWatch.limit
            return try await LockWatch(database: limited).during { [limited] in
                try await withPool(PostgresPool.Configuration(limited, limit: limit), body)
            }
        }
    }

    func withPool<Result: Sendable>(
        _ configuration: PostgresPool.Configuration, _ body: (PostgresPool) async throws -> Result
    ) async throws -> Result {
        let pool = PostgresPool(configuration)
        do {
            try await pool.withConnection { connection in try await Migrator(logger: logger).verify(on: connection) }
            let result = try await body(pool)
            await Self.close(pool)
            return result
        } catch {
            await Self.close(pool)
            throw error
        }
    }

    /// Closes a pool. A connection that was lent to work that has been given up is not waited for: the process ends.
    private static func close(_ pool: PostgresPool) async { await pool.close(within: .milliseconds(500)) }

    func withInterviews<Result: Sendable>(_ body: @escaping @Sendable (Interviews) async throws -> Result) async throws -> Result {
        try await withPool { pool in try await body(Interviews(pool: pool)) }
    }

    /// Brings the schema up to date.
    /// - Returns: what was applied now: the names of migrations, or that of all functions, triggers and views.
    func migrate(_ database: PostgresConfiguration) async throws -> [String] {
        let connection = try await PostgresConnection.connect(database)
        let report = try await Migrator(logger: logger).apply(on: connection)
        return report.applied.map(\.fileName) + (report.updatedDefinitions ? [Migrator.definitionsName] : [])
    }
}
