public import SystemPackage

/// Where recordings and artifacts live.
///
/// Two kinds of files: *recordings*, the bytes that a candidate sent, and *artifacts*, made from them and named by their
/// content. Neither ever changes under its key, and nothing half-written is ever visible under one.
///
/// Every method works off Swift's own threads. In a cancelled task, what works on a disk runs to its end, and what waits for a network
/// ends as if the storage were away. Every implementation has to pass the same conformance suite.
public protocol RecordingStorage: Sendable {
    /// Opens a recording. A storage on other machines fetches it first, which may wait until this machine has room for it.
    /// - Parameter limit: A larger one is not fetched.
    /// - Throws: ``StorageError/Code/notFound``, ``StorageError/Code/notAFile`` and ``StorageError/Code/tooLarge`` speak of the recording,
    ///   the others of the storage.
    func openRecording(_ key: StorageKey, atMost limit: Int64) async throws(StorageError) -> OpenedFile

    /// Copies a recording in, under a key that its content gives it. The same content a second time changes nothing and
    /// gives the same key. When this returns, the recording survives a power cut.
    /// - Parameters:
    ///   - source: A regular file, open for reading; it is read from its beginning, and its position is not moved.
    ///   - fileExtension: Appended to the key. `nil` for none.
    func storeRecording(from source: FileDescriptor, fileExtension: FileExtension?) async throws(StorageError) -> StoredFile

    /// Makes an empty file for an artifact.
    func stageArtifact() async throws(StorageError) -> StagedArtifact

    /// Makes a filled artifact visible, under a key that its content gives it. The content is hashed here: what the writer
    /// says of it does not count. An artifact with the same content is kept, and the staged one is dropped. When this
    /// returns, the artifact survives a power cut; when it throws, nothing is visible.
    /// - Parameter fileExtension: Appended to the key. `nil` for none.
    func publish(_ staged: consuming StagedArtifact, fileExtension: FileExtension?) async throws(StorageError) -> StoredFile

    /// Removes a staged artifact that nobody wants.
    func discard(_ staged: consuming StagedArtifact) async

    /// Opens an artifact. Throws as ``openRecording(_:atMost:)`` does.
    func openArtifact(_ key: StorageKey) async throws(StorageError) -> OpenedFile

    /// Begins to read a part of an artifact, without fetching the rest.
    /// - Parameters:
    ///   - range: Within the artifact; may be empty.
    ///   - bytes: The artifact's length.
    /// - Throws: As ``openRecording(_:atMost:)`` does; an artifact of another length is ``StorageError/Code/notFound``.
    func readArtifact(_ key: StorageKey, _ range: Range<Int64>, of bytes: Int64) async throws(StorageError) -> StoredPart

    /// A link by which a browser fetches an artifact from the storage itself; `nil` where this storage gives none, or has no
    /// credentials to sign it with. That the artifact is there is not looked at.
    /// - Parameter mediaType: As which the browser gets it.
    func link(toArtifact key: StorageKey, mediaType: String) async -> ArtifactLink?

    /// The origin that links lead to, such as `https://s3.example.org`, for the content policy of a page; `nil` where there are none.
    var linkOrigin: String? { get }

    /// Whether a file is stored under the key.
    /// - Throws: Only when that cannot be found out.
    func contains(_ key: StorageKey) async throws(StorageError) -> Bool

    /// Whether the storage can be worked with now, without trying again; cheap enough to be asked once a second.
    /// - Throws: What is wrong.
    func checkPresence() async throws(StorageError)

    /// Whether files can be written and read, by doing it, for somebody who looks for what is wrong.
    func checkThoroughly() async throws(StorageError)
}

extension RecordingStorage {
    /// Opens a recording of whatever size.
    public func openRecording(_ key: StorageKey) async throws(StorageError) -> OpenedFile {
        try await openRecording(key, atMost: .max)
    }

    /// Copies a recording in from a path that the user of `dailies import` named; links on the way are followed.
    /// - Throws: ``StorageError/Code/unreadableSource`` when the path leads to no readable file.
    public func storeRecording(from path: FilePath) async throws(StorageError) -> StoredFile {
        let source = try await BlockingWork.run { () throws(StorageError) in try SourceFile.open(path) }
        let result: Result<StoredFile, StorageError>
        do throws(StorageError) {
            result = .success(try await storeRecording(from: source, fileExtension: path.extension.flatMap { FileExtension($0) }))
        } catch {
            result = .failure(error)
        }
        try? source.close()
        return try result.get()
    }

    public func discard(_ staged: consuming StagedArtifact) async {
        let content = staged.content
        await BlockingWork.run { content.remove() }
    }
}
