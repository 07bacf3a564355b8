import ForeignText
import Glibc
import SystemPackage

/// The layout of the server's folder, and who owns what.
///
/// The folder and its locks belong to the user who runs `dailies`; `data`, `log` and `run` belong to the account that runs
/// the server. So a process that broke out of the database cannot make root follow a link that it planted.
struct ServerFolder: Sendable {
    /// Absolute, without symbolic links.
    let path: FilePath
    let account: ServerAccount

    var data: FilePath { path.appending("data") }
    var log: FilePath { path.appending("log") }
    var run: FilePath { path.appending("run") }
    /// Held shared by every process that uses the server.
    var membersLock: FilePath { path.appending("server.lock") }
    /// Held exclusively while the server is started or stopped.
    var startLock: FilePath { path.appending("start.lock") }

    private static let names: Set = ["data", "log", "run", "server.lock", "start.lock"]
    static let unfinishedPrefix = "data.unfinished-"

    /// Creates what is missing. Several processes may do this at the same time.
    init(preparing folder: FilePath, for account: ServerAccount) throws(LocalPostgresError) {
        self.account = account
        do {
            try Directory.makeWithParents(folder, permissions: account.differsFromProcess ? Self.passable : Self.closed)
            path = try Directory.real(folder)
            try Self.refuseStrangers(in: path)
            try Self.refuseClosedParents(of: path, for: account)
            for subfolder in [log, run] where try Directory.make(subfolder, permissions: Self.closed) {
                if account.differsFromProcess { try Directory.setOwner(of: subfolder, to: account) }
            }
        } catch let error as LocalPostgresError {
            throw error
        } catch {
            throw LocalPostgresError(
                .folderUnusable, "Cannot prepare the database folder \(folder): \(error).",
                remedy: "Choose another folder, or make this one writable for the user that runs dailies.")
        }
    }

    /// The major version that wrote the data; `nil` before there is any.
    func dataVersion() throws(LocalPostgresError) -> String? {
        guard (try? Stat(data)) != nil else { return nil }
        if let text = TextFile.read(data.appending("PG_VERSION")) {
            return text.lines.first.map { String($0) } ?? ""
        }
        throw LocalPostgresError(
            .folderUnusable, "\(data) holds no PostgreSQL data that dailies can read (no PG_VERSION).",
            remedy: "If it belongs to another user, run dailies as that user. If it is damaged, restore a backup or move it away.")
    }

    private static let closed: FilePermissions = .ownerReadWriteExecute
    /// The server's account may pass through the folder, but can neither list nor change it.
    private static let passable: FilePermissions = [.ownerReadWriteExecute, .groupExecute, .otherExecute]

    private static func refuseStrangers(in path: FilePath) throws {
        let strangers = try Directory.entries(of: path).filter { !names.contains($0) && !$0.begins(with: unfinishedPrefix) }
        guard strangers.isEmpty else {
            throw LocalPostgresError(
                .folderUnusable,
                "\(path) is not a Dailies database folder: it holds \(strangers.sorted().prefix(3).joined(separator: ", ")).",
                remedy: "Choose an empty or new folder.")
        }
    }

    private static func refuseClosedParents(of path: FilePath, for account: ServerAccount) throws(LocalPostgresError) {
        guard account.differsFromProcess, let closed = account.firstClosedFolder(on: path) else { return }
        throw LocalPostgresError(
            .folderUnusable,
            "dailies runs as root, so its PostgreSQL server runs as the user '\(account.name)', and that user may not pass through \(closed) to \(path).",
            remedy: "Choose a folder elsewhere, such as /var/lib/dailies, or allow it: chmod o+x '\(closed)'")
    }
}
