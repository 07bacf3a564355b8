import Glibc
import SystemPackage

/// A folder on this machine for unnamed files. They disappear with their last descriptor, even if the process is killed.
final class Spool: Sendable {
    private let folder: FolderHandle
    private let path: FilePath
    let space: SpoolSpace

    /// Creates the folder if it is missing; its parent has to exist.
    static func open(_ path: FilePath, bytes: Int64) async throws(StorageError) -> Spool {
        try await BlockingWork.run { () throws(StorageError) in
            do throws(Errno) {
                if mkdir(path.string, 0o700) != 0, errno != EEXIST { throw Errno(rawValue: errno) }
                return Spool(folder: try FolderHandle(root: path), path: path, space: SpoolSpace(bytes: bytes))
            } catch {
                throw StorageError(error, cannot: "open the spool folder \(path)")
            }
        }
    }

    private init(folder: FolderHandle, path: FilePath, space: SpoolSpace) {
        self.folder = folder
        self.path = path
        self.space = space
    }

    /// Makes an empty file.
    /// - Parameter bytes: The disk space to allocate at once, if the file system supports it. So a full disk is noticed before anything is
    ///   fetched.
    func makeFile(for bytes: Int64 = 0) async throws(StorageError) -> SpooledFile {
        try await BlockingWork.run { [self] () throws(StorageError) in
            do throws(Errno) {
                let name = String(UInt64.random(in: 0...UInt64.max), radix: 16)
                let writing = try folder.createFile(name)
                defer { folder.unlink(name) }
                let file: SpooledFile
                do throws(Errno) {
                    file = SpooledFile(descriptor: writing, reading: try folder.openFile(name))
                } catch {
                    try? writing.close()
                    throw error
                }
                if bytes > 0, case let code = posix_fallocate(writing.rawValue, 0, off_t(bytes)), ![0, EOPNOTSUPP, EINVAL].contains(code) {
                    throw Errno(rawValue: code)
                }
                return file
            } catch {
                throw StorageError(error, cannot: "make a file in the spool folder \(path)")
            }
        }
    }
}
