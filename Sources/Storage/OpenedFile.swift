public import SystemPackage

/// A stored file, open for reading. Closes when it is released.
public struct OpenedFile: ~Copyable, Sendable {
    /// Read-only and seekable, at its beginning. Valid as long as this value; duplicate it, or ``take()`` it, to keep it longer.
    public let descriptor: FileDescriptor
    /// The file's length when it was opened.
    public let bytes: Int64

    init(descriptor: FileDescriptor, bytes: Int64) {
        self.descriptor = descriptor
        self.bytes = bytes
    }

    /// Gives the descriptor to the caller, who closes it.
    public consuming func take() -> FileDescriptor {
        let descriptor = descriptor
        discard self
        return descriptor
    }

    /// Hashes the whole file, without moving its position. Not interrupted by cancellation.
    /// - Returns: The SHA-256, 64 lower-case hexadecimal digits.
    /// - Throws: ``StorageError/Code/unavailable`` when it cannot be read to its end.
    public borrowing func sha256() async throws(StorageError) -> String {
        // The borrow lasts as long as the call, and keeps the descriptor open.
        let descriptor = descriptor
        return try await BlockingWork.run { () throws(StorageError) in
            do throws(Errno) {
                return try ContentDigest.of(descriptor).sha256
            } catch {
                throw StorageError(error, cannot: "read a stored file to its end")
            }
        }
    }

    deinit {
        try? descriptor.close()
    }
}
