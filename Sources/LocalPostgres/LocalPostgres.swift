public import Logging
import SystemPackage

/// A private PostgreSQL server in a folder: what `dailies up` uses when no database is configured.
///
/// It listens on a Unix socket in a folder that only its account may enter, and on no network port. Several processes
/// may use one folder at the same time: the first starts the server, the last to leave stops it. A process that is
/// killed leaves the server running, and the next one adopts it. When `dailies` runs as root, the server runs as the
/// user `postgres`, or `nobody` where that is missing.
///
/// Keep the instance as long as the server is needed. A released instance no longer counts as a user, and the next user that leaves stops the
/// server.
public actor LocalPostgres {
    public nonisolated let configuration: Configuration
    private nonisolated let logger: Logger

    /// Holds the folder's shared lock while this instance uses the server.
    var membership: FileLock?
    private var server: ServerProcess?

    public init(configuration: Configuration, logger: Logger = Logger(label: "dailies.local-postgres")) {
        self.configuration = configuration
        self.logger = logger
    }

    /// Runs `body` with a server and leaves it afterwards, whether `body` returns or throws.
    ///
    /// A server that dies meanwhile is started again; when that is impossible, `body` is cancelled and the reason is
    /// thrown. Cancellation reaches `body`, and the server is left only after it.
    public static func withServer<Result: Sendable>(
        _ configuration: Configuration, logger: Logger = Logger(label: "dailies.local-postgres"),
        _ body: @escaping @Sendable (_ conninfo: String) async throws -> Result
    ) async throws -> Result {
        let server = LocalPostgres(configuration: configuration, logger: logger)
        let conninfo = try await server.start()
        do {
            let result = try await withThrowingTaskGroup(of: Result?.self) { group in
                group.addTask {
                    try await server.supervise()
                    return nil
                }
                group.addTask { try await body(conninfo) }
                while let finished = try await group.next() {
                    guard let result = finished else { continue }
                    group.cancelAll()
                    return result
                }
                throw CancellationError()
            }
            await server.stop()
            return result
        } catch {
            await server.stop()
            throw error
        }
    }

    /// Starts the server, or adopts the one that runs, and makes its data and the database `dailies` when they are missing.
    ///
    /// Calling it again changes nothing and gives the same answer. Cancellation ends the waiting and leaves nothing held.
    /// - Returns: A libpq connection string that stands alone: no `PG…` variable of the environment changes where it leads.
    public func start() async throws(LocalPostgresError) -> String {
        let account = try ServerAccount.forThisProcess()
        let folder = try ServerFolder(preparing: configuration.folder, for: account)
        return try await FileLock.holding(folder.startLock) { () async throws(LocalPostgresError) in
            if membership == nil {
                membership = try await FileLock.acquire(.shared, at: folder.membersLock)
            }
            do throws(LocalPostgresError) {
                let server = ServerProcess(
                    configuration: configuration, folder: folder,
                    programs: try await ServerPrograms.find(for: folder, in: configuration.programs),
                    socketFolder: try SocketFolder.choose(for: folder), logger: logger)
                self.server = server
                return Self.conninfo(try await server.ensureRunning())
            } catch {
                await leave()
                throw error
            }
        }
    }

    /// Leaves the server, and stops it if nobody else uses it. Does nothing when it was not started. Runs to its end
    /// even in a cancelled task.
    public func stop() async {
        guard membership != nil, let server else { return }
        // A task of its own, because cancellation of the caller's would kill pg_ctl.
        await Task {
            do {
                try await FileLock.holding(server.folder.startLock) { () async throws(LocalPostgresError) in await leave() }
            } catch {
                logger.warning("PostgreSQL is left running", metadata: ["reason": "\(error)"])
                membership = nil
            }
        }.value
    }

    /// Watches the server and starts it again when it dies, until the task is cancelled; then it returns.
    /// - Throws: When a dead server cannot be started again; see ``Configuration/startTimeout``.
    public func supervise() async throws(LocalPostgresError) {
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(1))
            guard !Task.isCancelled, let server, membership != nil, server.isGone else { continue }
            do {
                try await revive(server)
            } catch  where error.code == .cancelled {
                return
            }
        }
    }

    private func revive(_ server: ServerProcess) async throws(LocalPostgresError) {
        try await FileLock.holding(server.folder.startLock) { () async throws(LocalPostgresError) in
            // While this waited, the server may have been left on purpose, or started by another process.
            guard membership != nil, server.isGone else { return }
            logger.warning("PostgreSQL has died and is started again", metadata: ["folder": "\(server.folder.path)"])
            _ = try await server.ensureRunning()
            logger.notice("PostgreSQL runs again", metadata: ["folder": "\(server.folder.path)"])
        }
    }

    /// Under the start lock: gives up the membership, and stops the server when it was the last one.
    private func leave() async {
        guard let membership = membership.take() else { return }
        if membership.attempt(.exclusive) { await server?.stop() }
    }

    /// A connection string that sets every value which libpq would otherwise take from the environment. A stray `PGHOSTADDR` or `PGPORT` would
    /// lead to another server.
    private static func conninfo(_ socketFolder: FilePath) -> String {
        "host=\(socketFolder) hostaddr='' port=\(SocketFolder.port) user=\(ServerProcess.user) dbname=\(ServerProcess.database)"
    }
}
