import AsyncHTTPClient
public import Logging
import NIOHTTP1
public import SystemPackage

/// Storage in a bucket of any store that speaks Amazon S3's protocol.
///
/// Keys are as in a folder, below the location's prefix. A recording is fetched into an unnamed file of the spool before it is lent out;
/// artifacts are made in such files and then sent. An object is visible when all of it has arrived, and never before. Requests that fail
/// on the way, or that the store asks to repeat later, are tried again for a few seconds. A longer failure is the infrastructure's fault.
public struct S3Storage: RecordingStorage {
    let client: S3Client
    let spool: Spool
    private let leftovers = LeftoverUploads()
    private let checksums = ChecksumSupport()

    private var configuration: Configuration { client.configuration }

    /// How long links are valid. A reviewer may pause an answer and go on after a conversation.
    private static let linkSeconds = 3600
    /// After a response in this time, the store is not checked again.
    private static let freshness = Duration.seconds(5)
    /// The file that ``checkThoroughly()`` writes. No ``StorageKey`` can name it.
    private static let checkKey = ".check"
    private static let checkLine = "dailies\n"

    /// Lends a storage and closes its connections afterwards. Sends no request to the store.
    public static func with<Result>(
        _ configuration: Configuration, logger: Logger, _ body: (S3Storage) async throws -> Result
    ) async throws -> Result {
        let spool = try await Spool.open(configuration.spool, bytes: configuration.spoolBytes)
        return try await HTTPClient.withHTTPClient(configuration: S3Client.settings(configuration)) { http in
            let client = S3Client(configuration, http: http, logger: logger)
            let result: Swift.Result<Result, any Error>
            do { result = .success(try await body(S3Storage(client: client, spool: spool))) } catch { result = .failure(error) }
            await client.credentials.close()
            return try result.get()
        }
    }

    private init(client: S3Client, spool: Spool) {
        self.client = client
        self.spool = spool
    }

    public func openRecording(_ key: StorageKey, atMost limit: Int64) async throws(StorageError) -> OpenedFile {
        // The recording's playback copy is about as large.
        try await fetch(key, atMost: limit, times: 2)
    }

    public func openArtifact(_ key: StorageKey) async throws(StorageError) -> OpenedFile {
        try await fetch(key, atMost: .max, times: 1)
    }

    public func storeRecording(from source: FileDescriptor, fileExtension: FileExtension?) async throws(StorageError) -> StoredFile {
        let content = try await BlockingWork.run { () throws(StorageError) in
            try SourceFile.unchanged(source) { () throws(StorageError) in
                do throws(Errno) {
                    return try ContentDigest.of(source)
                } catch {
                    throw StorageError(.unreadableSource, "Cannot read the recording to its end: \(error).", cause: error)
                }
            }
        }
        let key = StorageKey.recording(sha256: content.sha256, fileExtension: fileExtension)
        return try await upload(source, as: StoredFile(key: key, bytes: content.bytes, sha256: content.sha256))
    }

    public func stageArtifact() async throws(StorageError) -> StagedArtifact {
        StagedArtifact(try await spool.makeFile())
    }

    public func publish(_ staged: consuming StagedArtifact, fileExtension: FileExtension?) async throws(StorageError) -> StoredFile {
        let descriptor = staged.descriptor
        let content = try await BlockingWork.run { () throws(StorageError) in
            do throws(Errno) {
                return try ContentDigest.of(descriptor)
            } catch {
                throw StorageError(error, cannot: "read a staged artifact")
            }
        }
        let key = StorageKey.artifact(sha256: content.sha256, fileExtension: fileExtension)
        do throws(StorageError) {
            return try await upload(descriptor, as: StoredFile(key: key, bytes: content.bytes, sha256: content.sha256))
        } catch {
            // The recording is not to blame for what happened to this program's own file.
            guard error.code == .unreadableSource else { throw error }
            throw StorageError(.unavailable, "A staged artifact changed while it was sent, and nothing was stored. It is made again.")
        }
    }

    public func readArtifact(
        _ key: StorageKey, _ range: Range<Int64>, of bytes: Int64
    ) async throws(StorageError) -> StoredPart {
        do throws(S3Failure) {
            guard !range.isEmpty else {
                let found = try await client.head(of: key.string)
                guard let found else { throw .refused(status: 404, code: "NoSuchKey") }
                guard found.bytes == bytes else { throw .changed }
                return StoredPart()
            }
            let pieces = try await ObjectPieces.begin(client, key: key.string, range: range, total: bytes)
            return StoredPart(pieces) { error($0, cannot: "read \(key)") }
        } catch {
            if case .changed = error {
                throw StorageError(.notFound, "What is stored as \(key) has not the \(bytes) bytes that it had: it was damaged.")
            }
            throw self.error(error, cannot: "read \(key)")
        }
    }

    public func link(toArtifact key: StorageKey, mediaType: String) async -> ArtifactLink? {
        guard configuration.givesLinks else { return nil }
        let link = try? await client.link(
            to: key.string, headers: [("response-content-disposition", "inline"), ("response-content-type", mediaType)],
            seconds: Self.linkSeconds)
        return link.map { ArtifactLink(url: $0.url, secondsValid: $0.seconds) }
    }

    /// How long the credentials are still valid; `nil` when unknown. Fetches them if there are none.
    /// - Throws: Why there are none, and what to do.
    public func credentialsRemain() async throws(StorageError) -> Duration? {
        do throws(S3Failure) {
            let expiration = try await client.credentials.credentials().expiration
            return expiration.map { .seconds($0.secondsSince1970 - configuration.credentialsClock().secondsSince1970) }
        } catch {
            throw self.error(error, cannot: "work")
        }
    }

    public var linkOrigin: String? { configuration.givesLinks ? client.address.origin : nil }

    public func contains(_ key: StorageKey) async throws(StorageError) -> Bool {
        do throws(S3Failure) {
            return try await client.trying { () throws(S3Failure) in try await client.probe(key.string) } != nil
        } catch {
            throw self.error(error, cannot: "look for \(key)")
        }
    }

    public func identity() async throws(StorageError) -> StorageIdentity? {
        let marker: String?
        do throws(S3Failure) {
            marker = try await client.trying { () throws(S3Failure) -> String? in
                do throws(S3Failure) {
                    return try await client.sendOnce(S3Request(method: .GET, key: StorageIdentity.markerName)).text
                } catch {
                    guard case .refused(status: 404, "NoSuchKey") = error else { throw error }
                    return nil
                }
            }
        } catch {
            throw self.error(error, cannot: "read the marker \(StorageIdentity.markerName)")
        }
        return try marker.map { marker throws(StorageError) in try StorageIdentity.read(marker.utf8, in: "\(configuration.location)") }
    }

    public func mark(as identity: StorageIdentity) async throws(StorageError) {
        guard try await self.identity() == nil else { return }
        do throws(S3Failure) {
            var request = S3Request(method: .PUT, key: StorageIdentity.markerName, body: .text(identity.line))
            // Never in place of one that somebody else has written meanwhile.
            request.headers = [("if-none-match", "*")]
            do throws(S3Failure) {
                _ = try await client.send(request)
            } catch {
                switch error {
                case .refused(status: 412, _): return
                // A store without conditional requests.
                case .refused(status: 501, _): _ = try await client.send(S3Request(method: .PUT, key: request.key, body: request.body))
                default: throw error
                }
            }
        } catch {
            throw self.error(error, cannot: "write the marker \(StorageIdentity.markerName)")
        }
    }

    /// A bucket has one place only.
    public func takePlace() async throws(StorageError) {}

    public func checkPresence() async throws(StorageError) {
        _ = try await spool.makeFile()
        if let last = client.lastSuccess, ContinuousClock.now - last < Self.freshness { return }
        do throws(S3Failure) {
            _ = try await client.probe(Self.checkKey)
        } catch {
            throw self.error(error, cannot: "look for a file")
        }
    }

    public func checkThoroughly() async throws(StorageError) {
        _ = try await spool.makeFile()
        do throws(S3Failure) {
            let found: String?
            do throws(S3Failure) {
                found = try await client.send(S3Request(method: .GET, key: Self.checkKey)).text
            } catch {
                guard case .refused(status: 404, "NoSuchKey") = error else { throw error }
                found = nil
            }
            guard found == nil || found == Self.checkLine else {
                throw .local(
                    StorageError(
                        .unavailable,
                        "\(client.address.key(Self.checkKey)) in the bucket \(configuration.location.bucket) is another program's, so it was not overwritten. Give Dailies a prefix of its own in the setting storage."
                    ))
            }
            _ = try await client.send(S3Request(method: .PUT, key: Self.checkKey, body: .text(Self.checkLine)))
            guard try await client.send(S3Request(method: .GET, key: Self.checkKey)).text == Self.checkLine else {
                throw .broken("it gave back something else than what was written")
            }
        } catch {
            throw self.error(error, cannot: "write and read a file")
        }
    }
}

extension S3Storage {
    func error(_ failure: S3Failure, cannot action: String) -> StorageError {
        StorageError(failure, cannot: action, in: configuration)
    }

    private func upload(_ file: FileDescriptor, as content: StoredFile) async throws(StorageError) -> StoredFile {
        if content.bytes > configuration.partBytes { await leftovers.sweep(client) }
        do throws(S3Failure) {
            try await ObjectUpload(client: client, checksums: checksums, file: file, content: content).run()
            return content
        } catch {
            throw self.error(error, cannot: "store \(content.key)")
        }
    }
}

extension S3Storage {
    /// Copies an object into an unnamed file.
    /// - Parameter times: How many times its length counts in the spool.
    private func fetch(_ key: StorageKey, atMost limit: Int64, times: Int64) async throws(StorageError) -> OpenedFile {
        do throws(S3Failure) {
            guard let head = try await client.head(of: key.string) else { throw .refused(status: 404, code: "NoSuchKey") }
            guard head.bytes <= limit else { throw .local(.tooLarge(key, bytes: head.bytes, limit: limit)) }
            do throws(StorageError) {
                guard let reservation = try await spool.space.reserve(head.bytes * times) else { throw StorageError(stopped: key) }
                let file = try await spool.makeFile(for: head.bytes)
                try await fill(file, with: key, head)
                return OpenedFile(file, bytes: head.bytes, reservation: reservation)
            } catch {
                throw .local(error)
            }
        } catch {
            throw self.error(error, cannot: "read \(key)")
        }
    }

    private func fill(_ file: SpooledFile, with key: StorageKey, _ head: ObjectHead) async throws(StorageError) {
        guard head.bytes > 0 else { return }
        do throws(S3Failure) {
            let download = try await ObjectDownload.begin(client, key: key.string, range: 0..<head.bytes, total: head.bytes, tag: head.tag)
            var (pieces, writer) = (download.makeIterator(), SpoolWriter(file))
            while let piece = try await pieces.next() { try await writer.write(piece) }
            try await writer.finish()
        } catch {
            throw self.error(error, cannot: "read \(key)")
        }
        guard let digest = key.digest, try await OpenedFile.sha256(of: file.reading) != digest else { return }
        throw .damaged(key)
    }
}

extension StorageError {
    fileprivate init(stopped key: StorageKey) {
        self.init(.unavailable, "Cannot read \(key): dailies was told to stop while it waited for room in the spool.")
    }
}
