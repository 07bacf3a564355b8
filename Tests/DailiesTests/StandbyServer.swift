import Foundation
import LocalPostgres
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// Two real PostgreSQL servers: a primary, and a standby that streams from it and acknowledges each commit before the client hears of it.
struct StandbyServer {
    let primary: LocalPostgres
    let standby: LocalPostgres
    /// Leads to whichever of the two accepts writes.
    let conninfo: String
    /// Leads to the standby alone.
    let standbyConninfo: String
    private let primaryFolder: FilePath

    /// Lends both, and stops what is left of them.
    static func with<Result>(in folder: FilePath, _ body: (StandbyServer) async throws -> Result) async throws -> Result {
        let pair = try await start(in: folder)
        do {
            let result = try await body(pair)
            await pair.stop()
            return result
        } catch {
            await pair.stop()
            throw error
        }
    }

    private static func start(in folder: FilePath) async throws -> StandbyServer {
        let primaryFolder = folder.appending("primary/postgres")
        let standbyFolder = folder.appending("standby/postgres")
        for folder in [primaryFolder, standbyFolder] {
            try FileManager.default.createDirectory(atPath: folder.removingLastComponent().string, withIntermediateDirectories: false)
            try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder.removingLastComponent().string)
        }
        let primary = LocalPostgres(configuration: .init(folder: primaryFolder, durability: .none))
        let standby = LocalPostgres(configuration: .init(folder: standbyFolder, durability: .none))
        let primaryConninfo = try await primary.start()
        // Its folders and their owner are made by a start of its own; then its data give way to a copy of the primary's.
        _ = try await standby.start()
        await standby.stop()
        let socket = try #require(try PostgresConfiguration(primaryConninfo).target.hosts.first)
        try await copy(from: socket, to: standbyFolder.appending("data"))
        let standbyConninfo = try await standby.start()
        let standbySocket = try #require(try PostgresConfiguration(standbyConninfo).target.hosts.first)
        // Only now, when there is someone to acknowledge; and not before the copy was made, which takes the settings along.
        let connection = try await PostgresConnection.connect(primaryConninfo)
        try await connection.script("ALTER SYSTEM SET synchronous_standby_names = '*'")
        try await connection.script("SELECT pg_reload_conf()")
        let streaming: PostgresQuery = "SELECT count(*) > 0 FROM pg_stat_replication WHERE sync_state = 'sync'"
        try await until(streaming, on: connection)
        return StandbyServer(
            primary: primary, standby: standby,
            conninfo: "host=\(socket),\(standbySocket) user=dailies dbname=dailies target_session_attrs=read-write",
            standbyConninfo: standbyConninfo, primaryFolder: primaryFolder.removingLastComponent())
    }

    /// PostgreSQL's own copy, which makes a standby of it. As the servers' account.
    private static func copy(from socket: String, to data: FilePath) async throws {
        let owner = try #require(try FileManager.default.attributesOfItem(atPath: data.string)[.ownerAccountName] as? String)
        let bin = try #require(
            try FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql").compactMap(Int.init).max().map {
                "/usr/lib/postgresql/\($0)/bin"
            })
        let script = """
            rm -rf "$1"/* && "$2"/pg_basebackup -h "$3" -U dailies -D "$1" -X stream -c fast -R --no-sync
            """
        let account = geteuid() == 0 ? ["setpriv", "--reuid=\(owner)", "--regid=\(owner)", "--clear-groups", "--"] : []
        let result = try await Subprocess.run(
            .path("/usr/bin/env"), arguments: Arguments(account + ["sh", "-c", script, "sh", data.string, bin, socket]),
            workingDirectory: "/", input: .none, output: .discarded, error: .string(limit: 1 << 16))
        try #require(result.terminationStatus.isSuccess, "\(result.standardError)")
    }

    /// The primary dies as its machine would: all its processes at once, nothing written down any more.
    func killPrimary() throws {
        let postmaster = try #require(ProcessTree.postmaster(of: primaryFolder))
        // The first process last, so that it tells nobody.
        let processes = [postmaster] + ProcessTree.children(of: postmaster)
        for process in processes { kill(process, SIGSTOP) }
        for process in processes.reversed() { kill(process, SIGKILL) }
    }

    /// Makes the standby the primary, as an operator or a tool for that does. Returns when it accepts writes.
    func promote() async throws {
        let connection = try await PostgresConnection.connect(standbyConninfo)
        let isPromoted = try await connection.query("SELECT pg_promote()").one().decode(at: 0, as: Bool.self)
        try #require(isPromoted)
    }

    private func stop() async {
        await standby.stop()
        await primary.stop()
    }
}
