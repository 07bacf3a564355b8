public import SystemPackage

/// Where recordings and artifacts live.
///
/// Two kinds of files: *recordings*, the bytes that a candidate sent, and *artifacts*, made from them and named by their
/// content. Neither ever changes under its key, and nothing half-written is ever visible under one.
///
/// Every method works off Swift's own threads; what has begun runs to its end even when the task is cancelled. Every
/// implementation has to pass the same conformance suite.
public protocol RecordingStorage: Sendable {
    /// Opens a recording.
    /// - Throws: ``StorageError/Code/notFound`` and ``StorageError/Code/notAFile`` speak of the recording, the others of the storage.
    func openRecording(_ key: StorageKey) async throws(StorageError) -> OpenedFile

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

    /// Opens an artifact. Throws as ``openRecording(_:)`` does.
    func openArtifact(_ key: StorageKey) async throws(StorageError) -> OpenedFile

    /// Whether a file is stored under the key.
    /// - Throws: Only when that cannot be found out.
    func contains(_ key: StorageKey) async throws(StorageError) -> Bool
}

extension RecordingStorage {
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
        let file = staged.file
        await BlockingWork.run { file.remove() }
    }
}
