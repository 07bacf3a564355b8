internal import Logging
internal import Postgres
internal import Storage

/// What routes work with.
struct SiteServices: Sendable {
    let configuration: ReviewSite.Configuration
    let pool: PostgresPool
    let storage: any RecordingStorage
    let accounts: Accounts
    let hasher = PasswordHasher()
    let requestLimit: RequestLimit
    let renderer: PageRenderer
    let logger: Logger

    /// From where videos may come beside the site itself.
    var linkOrigin: String? { storage.linkOrigin }
}
