import Glibc
import SystemPackage

/// The folder of the server's Unix socket. Only the server's account (and root) may enter it. This is the server's only access control: the
/// server trusts every connection to the socket.
enum SocketFolder {
    static let port = 5432
    /// `sun_path` has 108 bytes, one of them for the final NUL.
    private static let longestSocketPath = 107

    /// The folder's own `run` when its path is short and plain enough, else a folder in `/tmp` named by what identifies
    /// the folder on this machine, so that every process comes to the same one, whatever its environment.
    static func choose(for folder: ServerFolder) throws(LocalPostgresError) -> FilePath {
        if isUsable(folder.run) { return folder.run }
        do {
            let stat = try Stat(folder.path)
            let name =
                "dailies-\(folder.account.userID)-\(String(stat.rawValue.st_dev, radix: 16))-\(String(stat.rawValue.st_ino, radix: 16))"
            return try prepare(FilePath("/tmp").appending(name), for: folder.account)
        } catch let error as LocalPostgresError {
            throw error
        } catch {
            throw LocalPostgresError(
                .folderUnusable, "Cannot make a folder for the database socket in /tmp: \(error).",
                remedy: "Choose a database folder with a shorter path, so that the socket fits into it.")
        }
    }

    /// Removes a folder outside the server's own once it is empty, so that `/tmp` does not fill up.
    static func discard(_ socketFolder: FilePath, of folder: ServerFolder) {
        if socketFolder != folder.run { rmdir(socketFolder.string) }
    }

    /// The path of a socket must fit; commas, spaces, quotes and a leading `@` mean something to libpq or the server.
    static func isUsable(_ path: FilePath) -> Bool {
        path.appending(".s.PGSQL.\(port)").string.utf8.count <= longestSocketPath
            && path.string.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                    UInt8(ascii: "/"), UInt8(ascii: "."), UInt8(ascii: "-"), UInt8(ascii: "_"):
                    true
                default: false
                }
            }
    }

    /// Everybody may write to `/tmp`, so an existing folder is used only if this account owns it.
    static func prepare(_ path: FilePath, for account: ServerAccount) throws -> FilePath {
        if try Directory.make(path, permissions: .ownerReadWriteExecute), account.differsFromProcess {
            try Directory.setOwner(of: path, to: account)
        }
        let stat = try Stat(path, flags: .symlinkNoFollow)
        // One that root owns was created by a process that was killed before it changed the owner.
        let owners: Set = account.differsFromProcess ? [account.userID, 0] : [account.userID]
        guard stat.type == .directory, owners.contains(stat.rawValue.st_uid), stat.permissions == .ownerReadWriteExecute else {
            throw LocalPostgresError(
                .folderUnusable,
                "\(path) should be a private folder of '\(account.name)' for the database socket, but someone else made it.",
                remedy: "Remove it, or choose a database folder with a shorter path.")
        }
        if stat.rawValue.st_uid != account.userID { try Directory.setOwner(of: path, to: account) }
        return path
    }
}
