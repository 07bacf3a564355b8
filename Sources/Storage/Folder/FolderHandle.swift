import Glibc
import SystemPackage

/// An open folder, and what is done to the names in it. No operation follows a symbolic link, so that nothing that is
/// planted inside the storage leads out of it.
final class FolderHandle: Sendable {
    private let descriptor: FileDescriptor

    /// Opens by path, for the storage's root, which may well be reached through links that its owner made.
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
        FolderHandle(
            descriptor: try Self.checked {
                FileDescriptor(rawValue: openat(descriptor.rawValue, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC))
            })
    }

    /// Makes the folder when it is missing, with these permissions whatever the umask, and makes its name durable.
    func makeFolder(_ name: String) throws(Errno) -> FolderHandle {
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
        try Self.checked {
            FileDescriptor(rawValue: openat(descriptor.rawValue, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC))
        }
    }

    /// Makes a file that must not be there yet, for reading and writing, with these permissions whatever the umask.
    func createFile(_ name: String) throws(Errno) -> FileDescriptor {
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

    /// A file that exists to be locked; it stays as long as its folder does.
    func openLock(_ name: String) throws(Errno) -> FileDescriptor {
        try Self.checked {
            FileDescriptor(rawValue: openat(descriptor.rawValue, name, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, Self.fileMode))
        }
    }

    func rename(_ name: String, to folder: FolderHandle, as newName: String) throws(Errno) {
        guard renameat(descriptor.rawValue, name, folder.descriptor.rawValue, newName) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Removes a file; a missing one is gone already.
    func unlink(_ name: String) {
        _ = unlinkat(descriptor.rawValue, name, 0)
    }

    /// Removes an empty folder.
    func removeFolder(_ name: String) {
        _ = unlinkat(descriptor.rawValue, name, AT_REMOVEDIR)
    }

    /// What a name stands for, a link being a link; `nil` when there is none.
    func stat(_ name: String) throws(Errno) -> Stat? {
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
        // A descriptor of its own, because the stream takes it over and moves its position.
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

/// One folder and no other, as long as the machine runs.
struct FolderIdentity: Sendable, Hashable {
    let device: DeviceID
    let inode: Inode
}
