import Glibc
import SystemPackage

/// The operating system user that the server runs as: this process's own, unless that is root, which PostgreSQL refuses.
struct ServerAccount: Sendable, Hashable {
    let name: String
    let userID: uid_t
    let groupID: gid_t
    /// Whether programs have to be started under another identity, and folders given to it.
    let differsFromProcess: Bool

    static func forThisProcess() throws(LocalPostgresError) -> ServerAccount {
        guard geteuid() == 0 else {
            return ServerAccount(name: "user \(geteuid())", userID: geteuid(), groupID: getegid(), differsFromProcess: false)
        }
        for name in ["postgres", "nobody"] {
            if let account = lookUp(name) { return account }
        }
        throw LocalPostgresError(
            .accountMissing, "PostgreSQL refuses to run as root, and this machine has neither a user 'postgres' nor 'nobody'.",
            remedy: "Run dailies as an ordinary user, or make one: useradd --system postgres")
    }

    private static func lookUp(_ name: String) -> ServerAccount? {
        var entry = passwd()
        var found: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16_384)
        guard getpwnam_r(name, &entry, &buffer, buffer.count, &found) == 0, found != nil, entry.pw_uid != 0 else { return nil }
        return ServerAccount(name: name, userID: entry.pw_uid, groupID: entry.pw_gid, differsFromProcess: true)
    }

    /// The outermost folder on the way to `path` (which is real and absolute) that this account may not pass through.
    func firstClosedFolder(on path: FilePath) -> FilePath? {
        var folder = FilePath("/")
        for component in path.components {
            folder.append(component)
            guard let stat = try? Stat(folder), stat.type == .directory else { continue }
            let needed: FilePermissions =
                stat.rawValue.st_uid == userID ? .ownerExecute : stat.rawValue.st_gid == groupID ? .groupExecute : .otherExecute
            if !stat.permissions.contains(needed) { return folder }
        }
        return nil
    }
}
