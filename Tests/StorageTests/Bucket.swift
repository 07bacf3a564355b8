import AsyncHTTPClient
import Foundation
import Logging
import SystemPackage
import TestSupport
import Testing

@testable import Storage

/// A bucket of a test's own in the real server, reached by way of a proxy that can spoil requests.
struct Bucket {
    let name: String
    let store: ObjectStore
    let proxy: FaultyStore
    var configuration: S3Storage.Configuration

    static func with(prefix: String = "some/where", _ body: (inout Bucket) async throws -> Void) async throws {
        let store = try await ObjectStore.running()
        let name = try await store.makeBucket()
        let proxy = try FaultyStore(before: store.port)
        try await TemporaryFolder.with { folder in
            var bucket = Bucket(
                name: name, store: store, proxy: proxy,
                configuration: S3Storage.Configuration(
                    location: try #require(S3Location("s3://\(name)/\(prefix)")), endpoint: try #require(S3Endpoint(proxy.endpoint)),
                    region: ObjectStore.region, addressing: .path,
                    credentials: keys(ObjectStore.secretAccessKey),
                    spool: folder.appending("spool"), spoolBytes: 1 << 30, givesLinks: true))
            // Faults are to be seen soon; nothing on this machine takes as long by itself.
            bucket.configuration.retries.first = .milliseconds(5)
            try await body(&bucket)
        }
        proxy.goAway()
    }

    /// The store's own access key, with a secret that may be another.
    static func keys(_ secret: String) -> CredentialsSource {
        CredentialsSource(.keys(S3Credentials(accessKeyID: ObjectStore.accessKeyID, secretAccessKey: secret)))
    }

    func withStorage<Result>(_ body: (S3Storage) async throws -> Result) async throws -> Result {
        try await S3Storage.with(configuration, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }), body)
    }

    /// What is visible in it, with sizes, without the prefix.
    func contents() async throws -> ObjectStore.Contents {
        var contents = try await store.contents(of: name)
        let prefix = configuration.location.prefix + "/"
        contents.keys = Dictionary(uniqueKeysWithValues: contents.keys.map { (String($0.key.trimmingPrefix(prefix)), $0.value) })
        return contents
    }

    /// Lends a recording of so many bytes that is in the bucket already; no fault has happened yet.
    static func withRecording(
        of bytes: Int, _ body: (inout Bucket, StoredFile, [UInt8]) async throws -> Void
    ) async throws {
        try await with { bucket in
            var random = SeededGenerator(seed: UInt64(bytes))
            let content = (0..<bytes).map { _ in UInt8.random(in: 0...255, using: &random) }
            var stored: StoredFile?
            try await Bytes.withFile(content) { file in
                stored = try await bucket.withStorage { try await $0.storeRecording(from: file, fileExtension: FileExtension("webm")) }
            }
            try await body(&bucket, try #require(stored), content)
        }
    }
}

extension Bucket {
    /// The client below the storage, for what a storage never does.
    func withClient(_ body: (S3Client) async throws -> Void) async throws {
        try await HTTPClient.withHTTPClient(configuration: S3Client.settings(configuration)) { http in
            try await body(S3Client(configuration, http: http, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })))
        }
    }
}
