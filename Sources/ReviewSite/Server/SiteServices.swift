internal import Logging
internal import Postgres
internal import Storage

/// What the routes use.
struct SiteServices: Sendable {
    let configuration: ReviewSite.Configuration
    let pool: PostgresPool
    let storage: any RecordingStorage
    let storageObstacle: @Sendable () async throws -> String?
    let accounts: Accounts
    let hasher = PasswordHasher()
    let requestLimit: RequestLimit
    let mediaTurns: MediaTurns
    let renderer: PageRenderer
    let logger: Logger
    let unnamedProxy = UnnamedProxy()

    /// Another origin from which videos may come.
    var linkOrigin: String? { storage.linkOrigin }
}
