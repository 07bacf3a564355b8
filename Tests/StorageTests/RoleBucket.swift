import Foundation
import Logging
import Synchronization
import SystemPackage
import TestSupport
import Testing

@testable import Storage

/// A bucket, and services that give credentials for it: moto's token and metadata services and a container's address, reached by a
/// separate proxy. The store knows which credentials they gave.
struct RoleBucket {
    /// A clock that a test sets ahead.
    final class Clock: Sendable {
        private let ahead = Mutex(0)

        var now: SigningTime { SigningTime.now.advanced(by: ahead.withLock { $0 }) }

        func setAhead(by seconds: Int) { ahead.withLock { $0 = seconds } }
    }

    /// Everything that was logged, as text.
    struct Log: LogHandler {
        final class Lines: Sendable {
            let all = Mutex("")
        }

        let lines = Lines()
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace

        var text: String { lines.all.withLock { $0 } }

        func log(event: LogEvent) {
            lines.all.withLock { $0 += "\(event.level) \(event.message) \(event.metadata ?? [:])\n" }
        }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }
    }

    var bucket: Bucket
    let giver: FaultyStore
    /// A file for a token; it holds ``secret`` at first.
    let tokenFile: FilePath
    /// Nothing is stored as that.
    let key: StorageKey
    let clock = Clock()
    let log = Log()

    /// What a container or a pod has to show, and what nobody may read.
    static let secret = "container-or-identity-geheim"

    static func with(_ body: (inout RoleBucket) async throws -> Void) async throws {
        try await Bucket.with { bucket in
            let giver = try FaultyStore(before: bucket.store.port)
            try await TemporaryFolder.with { folder in
                var roleBucket = RoleBucket(
                    bucket: bucket, giver: giver, tokenFile: folder.appending("token"), key: try StorageKey("some.webm"))
                let clock = roleBucket.clock
                roleBucket.bucket.configuration.credentialsClock = { clock.now }
                try roleBucket.write(token: secret)
                try await body(&roleBucket)
            }
            giver.goAway()
        }
    }

    func write(token: String) throws { try Data("\(token)\n".utf8).write(to: URL(filePath: tokenFile.string), options: .atomic) }

    /// A storage with the credentials that this environment names.
    func withStorage<Result>(_ environment: [String: String], _ body: (S3Storage) async throws -> Result) async throws -> Result {
        var configuration = bucket.configuration
        configuration.credentials = try CredentialsSource(environment: environment, region: ObjectStore.region)
        return try await S3Storage.with(configuration, logger: Logger(label: "test") { _ in log }, body)
    }

    /// The environment of a container, whose credentials hold for so many seconds.
    func container(seconds: Int) -> [String: String] { container(path: "/-/credentials/\(seconds)") }

    func container(path: String) -> [String: String] {
        [
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": giver.endpoint + path,
            "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE": tokenFile.string,
        ]
    }

    /// The token by which the store knows the role, in the last request to it.
    var lastSession: String? { bucket.proxy.requests.last?.headers["x-amz-security-token"] }
}
