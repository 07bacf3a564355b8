public import SystemPackage

/// Where recordings and artifacts live.
///
/// Two kinds of files: *recordings*, the bytes that a candidate sent, and *artifacts*, made from them and named by their
/// content. Neither ever changes under its key, and nothing half-written is ever visible under one.
///
/// No method blocks Swift's cooperative threads. In a cancelled task, work on a disk runs to its end, and a wait for a network ends as if the
/// storage were away. Every implementation has to pass the same conformance suite.
public protocol RecordingStorage: StorageUpkeep {
    /// Opens a recording. A storage on other machines fetches it first, which may wait until this machine has room for it.
    /// - Parameter limit: A larger one is not fetched.
    /// - Throws: ``StorageError/Code/notFound``, ``StorageError/Code/notAFile`` and ``StorageError/Code/tooLarge`` are faults of the
    ///   recording, the others of the storage.
    func openRecording(_ key: StorageKey, atMost limit: Int64) async throws(StorageError) -> OpenedFile

    /// Copies a recording in, under a key that its content gives it. What arrives is hashed on the way, so under the key is that content and
    /// nothing else. The same content a second time gives the same key, and replaces a file that is known to be another one, or is not known to
    /// be the same. When this returns, the recording survives a power cut.
    /// - Parameters:
    ///   - source: A regular file, open for reading; it is read from its beginning, and its position is not moved. If somebody writes to it
    ///     meanwhile, this throws ``StorageError/Code/unreadableSource`` and nothing becomes visible.
    ///   - fileExtension: Appended to the key. `nil` for none.
    func storeRecording(from source: FileDescriptor, fileExtension: FileExtension?) async throws(StorageError) -> StoredFile

    /// Makes an empty file for an artifact.
    func stageArtifact() async throws(StorageError) -> StagedArtifact

    /// Makes a filled artifact visible, under a key that its content gives it. The content is hashed here, because the writer is not
    /// trusted. It takes the place of an artifact under the same key, which may be damaged, or so old that it is about
    /// to be removed. When this returns, the artifact survives a power cut; when it throws, nothing has changed.
    /// - Parameter fileExtension: Appended to the key. `nil` for none.
    func publish(_ staged: consuming StagedArtifact, fileExtension: FileExtension?) async throws(StorageError) -> StoredFile

    /// Removes a staged artifact that is not needed.
    func discard(_ staged: consuming StagedArtifact) async

    /// Opens an artifact. Throws as ``openRecording(_:atMost:)`` does.
    func openArtifact(_ key: StorageKey) async throws(StorageError) -> OpenedFile

    /// Starts to read a part of an artifact, without fetching the rest.
    /// - Parameters:
    ///   - range: Within the artifact. An empty one asks only whether the artifact is there, with that length.
    ///   - bytes: The artifact's length.
    /// - Throws: As ``openRecording(_:atMost:)`` does; an artifact of another length is ``StorageError/Code/notFound``.
    func readArtifact(_ key: StorageKey, _ range: Range<Int64>, of bytes: Int64) async throws(StorageError) -> StoredPart

    /// A link by which a browser fetches an artifact from the storage itself; `nil` when this storage gives no links or has no credentials to
    /// sign them. This does not check that the artifact exists.
    /// - Parameter mediaType: The `Content-Type` that the browser gets.
    func link(toArtifact key: StorageKey, mediaType: String) async -> ArtifactLink?

    /// The origin of the links, such as `https://s3.example.org`, for a page's content security policy; `nil` without links.
    var linkOrigin: String? { get }

    /// Whether a file is stored under the key.
    /// - Throws: Only when that cannot be found out.
    func contains(_ key: StorageKey) async throws(StorageError) -> Bool

    /// Which storage this is, as its marker says; `nil` when it has none.
    func identity() async throws(StorageError) -> StorageIdentity?

    /// Gives the storage a marker, unless it has one.
    func mark(as identity: StorageIdentity) async throws(StorageError)

    /// Works from now on with the storage that is found in this one's place. Call it when ``identity()`` has told that it is the right one: its
    /// disk may have been mounted after this process had started.
    func takePlace() async throws(StorageError)

    /// Checks once whether the storage works now. Cheap enough to be called every second.
    /// - Throws: What is wrong.
    func checkPresence() async throws(StorageError)

    /// Checks whether files can be written and read, by doing it. For `dailies doctor`.
    func checkThoroughly() async throws(StorageError)
}

extension RecordingStorage {
    /// Opens a recording of any size.
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
