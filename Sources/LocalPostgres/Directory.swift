import Glibc
import SystemPackage

/// The few operations on directories that the server's folder needs, each with its error as `Errno`.
enum Directory {
    /// Makes one directory with exactly these permissions, whatever the umask; `false` if the name is taken already.
    static func make(_ path: FilePath, permissions: FilePermissions) throws(Errno) -> Bool {
        guard mkdir(path.string, permissions.rawValue) == 0 else {
            if errno == EEXIST { return false }
            throw Errno(rawValue: errno)
        }
        guard chmod(path.string, permissions.rawValue) == 0 else { throw Errno(rawValue: errno) }
        return true
    }

    /// Makes a directory and its missing parents; the parents get 0755 under the umask, as `mkdir -p` has it.
    static func makeWithParents(_ path: FilePath, permissions: FilePermissions) throws(Errno) {
        var parent = FilePath()
        parent.root = path.root
        for component in path.removingLastComponent().components {
            parent.append(component)
            if mkdir(parent.string, 0o755) != 0, errno != EEXIST { throw Errno(rawValue: errno) }
        }
        _ = try make(path, permissions: permissions)
    }

    static func setOwner(of path: FilePath, to account: ServerAccount) throws(Errno) {
        guard lchown(path.string, account.userID, account.groupID) == 0 else { throw Errno(rawValue: errno) }
    }

    /// The path without symbolic links, so that two spellings of one folder are one folder.
    static func real(_ path: FilePath) throws(Errno) -> FilePath {
        guard let resolved = realpath(path.string, nil) else { throw Errno(rawValue: errno) }
        defer { free(resolved) }
        return FilePath(platformString: resolved)
    }

    /// Names of the entries, without `.` and `..`.
    static func entries(of path: FilePath) throws(Errno) -> [String] {
        guard let stream = opendir(path.string) else { throw Errno(rawValue: errno) }
        defer { closedir(stream) }
        var names: [String] = []
        while let entry = readdir(stream) {
            let name = withUnsafeBytes(of: entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
            if name != "." && name != ".." { names.append(name) }
        }
        return names
    }

    /// Renames, and makes the new name durable before it returns.
    static func publish(_ from: FilePath, as to: FilePath) throws {
        guard rename(from.string, to.string) == 0 else { throw Errno(rawValue: errno) }
        let parent = try FileDescriptor.open(to.removingLastComponent(), .readOnly, options: [.directory, .closeOnExec])
        defer { try? parent.close() }
        guard fsync(parent.rawValue) == 0 else { throw Errno(rawValue: errno) }
    }
}
