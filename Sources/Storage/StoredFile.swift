/// A stored file: complete, synced to disk, and never changed again.
public struct StoredFile: Sendable, Hashable {
    public let key: StorageKey
    /// Its length.
    public let bytes: Int64
    /// The SHA-256 of its content, 64 lower-case hexadecimal digits, computed from the stored bytes themselves.
    public let sha256: String
}
