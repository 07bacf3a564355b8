import ForeignText

/// What reconciling a storage with the database needs: to see every stored file, and to remove artifacts that no row names.
public protocol StorageUpkeep: Sendable {
    /// Calls `body` for all stored files, some at a time, in no particular order. What the storage keeps for itself (names that begin with a dot) is
    /// left out.
    func list(_ body: ([ListedFile]) async throws -> Void) async throws

    /// Removes an artifact, unless it was published within the last day: a job may be about to write the row that names it.
    /// - Throws: ``StorageError/Code/invalidKey`` for a key that is not an artifact's, so that no recording is ever removed.
    /// - Returns: whether it was removed.
    func removeArtifact(_ key: StorageKey) async throws(StorageError) -> Bool
}

/// A file in a storage.
public struct ListedFile: Sendable, Hashable {
    public var key: StorageKey
    public var bytes: Int64
    /// How long it has been there in seconds, by the storage's clock. Negative after that clock was put back.
    public var age: Int

    /// For how many seconds an artifact without a row may still get one. A job publishes its artifacts just before it writes their rows.
    public static let ageOfStrays = 86_400
}

extension StorageKey {
    /// Whether it is the key of an artifact that this module made, which its content gives.
    public var isArtifact: Bool { string.begins(with: "artifacts/") && digest != nil }

    /// Whether a job that makes this content once more publishes it anew, although it is there. An old artifact may have no row, and it must not be
    /// removed before the job's row names it.
    func isPublishedAnew(atAge seconds: Int) -> Bool { string.begins(with: "artifacts/") && seconds >= ListedFile.ageOfStrays / 2 }

    func requireArtifact() throws(StorageError) {
        guard !isArtifact else { return }
        throw StorageError(.invalidKey, "\(string) is not an artifact's key, so it is not removed.")
    }
}
