import Glibc
import SystemPackage

/// An advisory lock on a file (`flock`). It ends when the value does, or when the kernel closes a killed process's files.
struct FileLock: ~Copyable {
    enum Mode {
        case shared, exclusive
        fileprivate var operation: CInt { self == .shared ? LOCK_SH : LOCK_EX }
    }

    private let descriptor: FileDescriptor

    /// Opens the file, and creates it if it is missing. Close-on-exec, because a server that inherited the lock would hold it for ever.
    private init(opening path: FilePath) throws(LocalPostgresError) {
        do {
            descriptor = try FileDescriptor.open(
                path, .readWrite, options: [.create, .closeOnExec, .noFollow], permissions: [.ownerReadWrite])
        } catch {
            throw LocalPostgresError(
                .folderUnusable, "Cannot open the lock file \(path): \(error).",
                remedy: "Run dailies as the user that owns this folder, or choose another folder.")
        }
    }

    /// Waits until the lock is free. Usually it is held for milliseconds, or for seconds while a server starts. So trying every 20 ms is
    /// better than a blocked thread, which cannot be cancelled.
    static func acquire(_ mode: Mode, at path: FilePath) async throws(LocalPostgresError) -> FileLock {
        let lock = try FileLock(opening: path)
        while !lock.attempt(mode) {
            do {
                try await Task.sleep(for: .milliseconds(20))
            } catch {
                throw LocalPostgresError(.cancelled, "Cancelled while waiting for another dailies process (\(path)).")
            }
        }
        return lock
    }

    /// Runs `body` while this process alone holds the lock.
    static func holding<Result>(
        _ path: FilePath, _ body: () async throws(LocalPostgresError) -> Result
    ) async throws(LocalPostgresError) -> Result {
        let lock = try await acquire(.exclusive, at: path)
        // Named to the end of the scope: the lock must outlive every step of the body.
        defer { lock.release() }
        return try await body()
    }

    borrowing func release() {
        _ = flock(descriptor.rawValue, LOCK_UN)
    }

    /// Takes the lock or changes its mode, if that is possible at once. After `false` the lock may be lost.
    borrowing func attempt(_ mode: Mode) -> Bool {
        flock(descriptor.rawValue, mode.operation | LOCK_NB) == 0
    }

    deinit {
        try? descriptor.close()
    }
}
