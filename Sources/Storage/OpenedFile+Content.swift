public import SystemPackage

extension OpenedFile {
    /// Opens a file that a person named; links on the way are followed.
    /// - Throws: `StorageError.Code.unreadableSource` when the path leads to no readable file, with the reason in words.
    public static func open(_ path: FilePath) async throws(StorageError) -> OpenedFile {
        let (descriptor, bytes) = try await BlockingWork.run { () throws(StorageError) in
            let descriptor = try SourceFile.open(path)
            do {
                return (descriptor, try Stat(descriptor).size)
            } catch {
                try? descriptor.close()
                throw StorageError(.unreadableSource, "Cannot read \(path): \(error).", cause: error as? Errno)
            }
        }
        return OpenedFile(descriptor: descriptor, bytes: bytes)
    }

    /// The SHA-256 of an open file's content, 64 lower-case hexadecimal digits. Its position is not moved; the caller keeps it
    /// open meanwhile.
    public static func sha256(of descriptor: FileDescriptor) async throws(StorageError) -> String {
        try await BlockingWork.run { () throws(StorageError) in
            do throws(Errno) {
                return try ContentDigest.of(descriptor).sha256
            } catch {
                throw StorageError(error, cannot: "read a file to its end")
            }
        }
    }
}
