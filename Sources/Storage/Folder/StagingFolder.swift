import Glibc
import SystemPackage

/// This process's own folder for files that nobody may see yet. It is locked as long as the process lives, so that the
/// next one can tell what a killed process left behind from what a living one is writing.
final class StagingFolder: Sendable {
    static let parentName = ".staging"
    private static let lockName = "lock"

    let directory: FolderHandle
    private let parent: FolderHandle
    private let name: String
    private let lock: FileDescriptor

    /// Makes a folder and removes those of dead processes. Waits while another process does the same.
    init(in root: FolderHandle) throws(Errno) {
        parent = try root.makeFolder(Self.parentName)
        // Between making a folder and locking it, it looks like a dead process's: so this is done one after the other.
        let turn = try parent.openLock(Self.lockName)
        defer { try? turn.close() }
        while flock(turn.rawValue, LOCK_EX) != 0 {
            guard errno == EINTR else { throw Errno(rawValue: errno) }
        }
        Self.sweep(parent)
        name = "\(getpid())-\(String(UInt64.random(in: 0...UInt64.max), radix: 16))"
        directory = try parent.makeFolder(name)
        lock = try directory.openLock(Self.lockName)
        guard flock(lock.rawValue, LOCK_EX | LOCK_NB) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Makes an empty file under a name that is used once.
    func makeFile() throws(Errno) -> StagedFile {
        let name = String(UInt64.random(in: 0...UInt64.max), radix: 16)
        return StagedFile(descriptor: try directory.createFile(name), name: name, folder: self)
    }

    deinit {
        Self.clear(directory)
        parent.removeFolder(name)
        try? lock.close()
    }

    /// Best effort: what cannot be removed now is tried again at the next start.
    private static func sweep(_ parent: FolderHandle) {
        for name in (try? parent.names()) ?? [] where name != lockName {
            guard let folder = try? parent.openFolder(name), let lock = try? folder.openLock(lockName) else { continue }
            defer { try? lock.close() }
            guard flock(lock.rawValue, LOCK_EX | LOCK_NB) == 0 else { continue }
            clear(folder)
            parent.removeFolder(name)
        }
    }

    /// The lock's file last, so that a sweep that is interrupted can be taken up again.
    private static func clear(_ folder: FolderHandle) {
        for name in (try? folder.names()) ?? [] where name != lockName { folder.unlink(name) }
        folder.unlink(lockName)
    }
}
