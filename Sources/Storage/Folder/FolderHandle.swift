import Glibc
import SystemPackage

/// An open folder, with operations on the names in it. No operation follows a symbolic link, so that a link inside the storage never leads
/// out of it. A name with a `/` in its bytes is refused (EINVAL): the kernel would follow links on the way to its last part.
///
/// This is `openat2` with `RESOLVE_BENEATH | RESOLVE_NO_SYMLINKS` by hand, one name at a time: each name has no `/` and is not `..`, and each
/// is opened with `O_NOFOLLOW`, which refuses the links of `/proc` too. Swift cannot call `openat2` itself: glibc has no function for it, and
/// `syscall` takes a varying number of arguments. By hand it is also the same on kernels before 5.6.
final class FolderHandle: Sendable {
    private let descriptor: FileDescriptor

    /// Opens by path, for the storage's root. The path may contain links that the owner made.
    init(root path: FilePath) throws(Errno) {
        descriptor = try Self.checked { FileDescriptor(rawValue: openat(AT_FDCWD, path.string, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) }
    }

    private init(descriptor: FileDescriptor) {
        self.descriptor = descriptor
    }

    deinit {
        try? descriptor.close()
    }

    func openFolder(_ name: String) throws(Errno) -> FolderHandle {
        try Self.requireSingleName(name)
        return FolderHandle(
            descriptor: try Self.checked {
                FileDescriptor(rawValue: openat(descriptor.rawValue, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC))
            })
    }

    /// Creates the folder if it is missing, with exactly these permissions, and makes its name durable.
    func makeFolder(_ name: String) throws(Errno) -> FolderHandle {
        try Self.requireSingleName(name)
        guard mkdirat(descriptor.rawValue, name, Self.folderMode) == 0 else {
            if errno == EEXIST { return try openFolder(name) }
            throw Errno(rawValue: errno)
        }
        let folder = try openFolder(name)
        guard fchmod(folder.descriptor.rawValue, Self.folderMode) == 0 else { throw Errno(rawValue: errno) }
        try sync()
        return folder
    }

    /// Non-blocking, so that a pipe without a writer does not hang; regular files do not care.
    func openFile(_ name: String) throws(Errno) -> FileDescriptor {
        try Self.requireSingleName(name)
        return try Self.checked {
            FileDescriptor(rawValue: openat(descriptor.rawValue, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC))
        }
    }

    /// Creates a new file for reading and writing, with exactly these permissions. It must not exist yet.
    func createFile(_ name: String) throws(Errno) -> FileDescriptor {
        try Self.requireSingleName(name)
        let file = try Self.checked {
            FileDescriptor(
                rawValue: openat(descriptor.rawValue, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, Self.fileMode))
        }
        guard fchmod(file.rawValue, Self.fileMode) == 0 else {
            let error = Errno(rawValue: errno)
            try? file.close()
            throw error
        }
        return file
    }

    /// A lock file. It stays as long as its folder.
    func openLock(_ name: String) throws(Errno) -> FileDescriptor {
        try Self.requireSingleName(name)
        return try Self.checked {
            FileDescriptor(rawValue: openat(descriptor.rawValue, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, Self.fileMode))
        }
    }

    func rename(_ name: String, to folder: FolderHandle, as newName: String) throws(Errno) {
        try Self.requireSingleName(name)
        try Self.requireSingleName(newName)
        guard renameat(descriptor.rawValue, name, folder.descriptor.rawValue, newName) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Removes a file. Does nothing if it is missing.
    func unlink(_ name: String) {
        guard Self.isSingleName(name) else { return }
        _ = unlinkat(descriptor.rawValue, name, 0)
    }

    /// Removes an empty folder.
    func removeFolder(_ name: String) {
        guard Self.isSingleName(name) else { return }
        _ = unlinkat(descriptor.rawValue, name, AT_REMOVEDIR)
    }

    /// The status of what a name stands for, without following a link; `nil` when there is no such name.
    func stat(_ name: String) throws(Errno) -> Stat? {
        try Self.requireSingleName(name)
        var result = Glibc.stat()
        guard fstatat(descriptor.rawValue, name, &result, AT_SYMLINK_NOFOLLOW) == 0 else {
            if errno == ENOENT { return nil }
            throw Errno(rawValue: errno)
        }
        return Stat(rawValue: result)
    }

    /// What identifies this folder on this machine.
    func identity() throws(Errno) -> FolderIdentity {
        let stat = try Stat(descriptor)
        return FolderIdentity(device: stat.deviceID, inode: stat.inode)
    }

    /// Makes the names in this folder durable.
    func sync() throws(Errno) {
        guard fsync(descriptor.rawValue) == 0 else { throw Errno(rawValue: errno) }
    }

    /// The names in it, without `.` and `..`.
    func names() throws(Errno) -> [String] {
        // A duplicate descriptor, because the stream takes it over and moves its position.
        let copy = try Self.checked { FileDescriptor(rawValue: openat(descriptor.rawValue, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)) }
        guard let stream = fdopendir(copy.rawValue) else {
            let error = Errno(rawValue: errno)
            try? copy.close()
            throw error
        }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    private static func isSingleName(_ name: String) -> Bool {
        !name.isEmpty && name != ".." && !name.utf8.contains { $0 == UInt8(ascii: "/") || $0 == 0 }
    }

    private static func requireSingleName(_ name: String) throws(Errno) {
        guard isSingleName(name) else { throw .invalidArgument }
    }

    private static let fileMode: mode_t = 0o640
    private static let folderMode: mode_t = 0o750

    private static func checked(_ open: () -> FileDescriptor) throws(Errno) -> FileDescriptor {
        while true {
            let descriptor = open()
            if descriptor.rawValue >= 0 { return descriptor }
            guard errno == EINTR else { throw Errno(rawValue: errno) }
        }
    }
}

/// Identifies a folder as long as the machine runs.
struct FolderIdentity: Sendable, Hashable {
    let device: DeviceID
    let inode: Inode
}
