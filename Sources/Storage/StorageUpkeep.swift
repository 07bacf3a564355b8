import ForeignText
import NIOCore

/// What reconciling a storage with the database, and verifying it, need: to see every stored file, to read each whole, and to remove artifacts
/// that no row names.
public protocol StorageUpkeep: Sendable {
    /// Calls `body` for all stored files, some at a time, in no particular order. What the storage keeps for itself (names that begin with a dot) is
    /// left out.
    func list(_ body: ([ListedFile]) async throws -> Void) async throws

    /// Starts to read all of a stored file, as the storage has it now. Nothing is written on this machine, and nothing is compared.
    /// - Throws: As `openRecording` does.
    func readWhole(_ key: StorageKey) async throws(StorageError) -> StoredPart

    /// Removes an artifact, unless it was published within the last day: a job may be about to write the row that names it.
    /// - Throws: ``StorageError/Code/invalidKey`` for a key that is not an artifact's, so that no recording is ever removed.
    /// - Returns: whether it was removed.
    func removeArtifact(_ key: StorageKey) async throws(StorageError) -> Bool
}

extension StorageUpkeep {
    /// Reads a stored file to its end and hashes it. A few hundred kilobytes of it are in memory at a time.
    /// - Parameter pace: Called with the length of each piece, before the next is read. It may wait; what it throws ends the reading.
    /// - Returns: 64 lower-case hexadecimal digits, and the number of bytes read.
    public func digest(
        of key: StorageKey, pace: (_ bytes: Int) async throws -> Void
    ) async throws -> (sha256: String, bytes: Int64) {
        var (hash, bytes) = (ContentHash(), Int64(0))
        for try await piece in try await readWhole(key) {
            piece.withUnsafeReadableBytes { hash.add($0) }
            bytes += Int64(piece.readableBytes)
            try await pace(piece.readableBytes)
        }
        return (hash.text, bytes)
    }
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
    public var isArtifact: Bool { string.begins(with: "artifacts/") && isMadeHere }

    /// Whether it has the form of the keys that this module makes. Only what has it is ever removed, because other programs may use any other key.
    var isMadeHere: Bool { digest != nil }

    func requireArtifact() throws(StorageError) {
        guard !isArtifact else { return }
        throw StorageError(.invalidKey, "\(string) is not an artifact's key, so it is not removed.")
    }
}
