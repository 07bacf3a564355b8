import ForeignText
import Glibc
import SystemPackage

/// This process's folder for unpublished files. It is locked as long as the process lives. So another process can tell the folder of a
/// killed process from that of a running one.
final class StagingFolder: Sendable {
    static let parentName = ".staging"
    private static let lockName = "lock"

    let directory: FolderHandle
    private let parent: FolderHandle
    private let name: String
    private let lock: FileDescriptor

    /// Creates a folder and removes the folders of dead processes. Waits while another process does the same.
    init(in root: FolderHandle) throws(Errno) {
        parent = try root.makeFolder(Self.parentName)
        // A new folder that is not locked yet looks like one of a dead process. So only one process does this at a time.
        let turn = try parent.openLock(Self.lockName)
        defer { try? turn.close() }
        while flock(turn.rawValue, LOCK_EX) != 0 {
            guard errno == EINTR else { throw Errno(rawValue: errno) }
        }
        Self.sweep(parent)
        name = "\(getpid())-\(Self.randomName())"
        directory = try parent.makeFolder(name)
        lock = try directory.openLock(Self.lockName)
        guard flock(lock.rawValue, LOCK_EX | LOCK_NB) == 0 else { throw Errno(rawValue: errno) }
    }

    /// Creates an empty file under a name that is used only once.
    func makeFile() throws(Errno) -> StagedFile {
        let name = Self.randomName()
        return StagedFile(descriptor: try directory.createFile(name), name: name, folder: self)
    }

    /// Moves a file of another folder in here, under a name that is used only once.
    /// - Returns: its new name.
    func takeAside(_ name: String, from folder: FolderHandle) throws(Errno) -> String {
        let aside = Self.randomName()
        try folder.rename(name, to: directory, as: aside)
        return aside
    }

    deinit {
        Self.clear(directory)
        parent.removeFolder(name)
        try? lock.close()
    }

    /// Best effort: files that cannot be removed now are removed at the next start. Only folders and files with names that this type gives are
    /// removed: the folder may be one that other programs use too.
    private static func sweep(_ parent: FolderHandle) {
        for name in (try? parent.names()) ?? [] where name.plainMatch(of: /[0-9]{1,10}-[0-9a-f]{1,16}/) != nil {
            guard let folder = try? parent.openFolder(name), let lock = try? folder.openLock(lockName) else { continue }
            defer { try? lock.close() }
            guard flock(lock.rawValue, LOCK_EX | LOCK_NB) == 0 else { continue }
            clear(folder)
            parent.removeFolder(name)
        }
    }

    /// Removes the lock file last, so that an interrupted sweep can be repeated.
    private static func clear(_ folder: FolderHandle) {
        for name in (try? folder.names()) ?? [] where isRandomName(name) { folder.unlink(name) }
        folder.unlink(lockName)
    }

    private static func randomName() -> String { String(UInt64.random(in: 0...UInt64.max), radix: 16) }

    private static func isRandomName(_ name: String) -> Bool { name.plainMatch(of: /[0-9a-f]{1,16}/) != nil }
}
