import Foundation
import Glibc
import Postgres
import Subprocess
import SystemPackage
import Testing

/// A real PgBouncer in transaction mode in front of the tests' server, with a pool so small that clients have to share its sessions.
struct PgBouncer {
    static let poolSize = 3

    /// Leads through the pooler, by its socket on this machine.
    let conninfo: String
    let folder: FilePath

    /// Lends a pooler for the database that `conninfo` leads to.
    /// - Parameter machine: where it runs and listens; otherwise it listens to its socket alone.
    static func with(
        inFrontOf conninfo: String, folder: FilePath, on machine: MachineNetwork.Machine? = nil,
        _ body: @escaping (PgBouncer) async throws -> Void
    ) async throws {
        let bouncer = try prepare(inFrontOf: conninfo, folder: folder.appending("pgbouncer"), listening: machine?.address ?? "")
        let command = (machine?.prefix ?? []) + ["/usr/sbin/pgbouncer", bouncer.folder.appending("pgbouncer.ini").string]
        _ = try await Subprocess.run(
            .path(FilePath(command[0])), arguments: Arguments(Array(command.dropFirst())), input: .none, output: .discarded,
            error: .discarded
        ) { execution in
            defer { kill(execution.processIdentifier.value, SIGKILL) }
            try await bouncer.untilItAnswers(execution.processIdentifier.value)
            try await body(bouncer)
        }
    }

    /// Leads through the pooler from another machine.
    func conninfo(by address: String) -> String { "\(conninfo) host=\(address)" }

    private static func prepare(inFrontOf conninfo: String, folder: FilePath, listening address: String) throws -> PgBouncer {
        let target = try PostgresConfiguration(conninfo).target
        let socket = try #require(target.hosts.first)
        let user = try #require(target.user)
        let database = try #require(target.database)
        try FileManager.default.createDirectory(atPath: folder.string, withIntermediateDirectories: false)
        var text = """
            [databases]
            \(database) = host=\(socket) port=\(target.ports.first ?? "5432") dbname=\(database) user=\(user)
            [pgbouncer]
            pool_mode = transaction
            default_pool_size = \(poolSize)
            max_client_conn = 200
            auth_type = any
            listen_addr = \(address)
            unix_socket_dir = \(folder)
            listen_port = 6432

            """
        if geteuid() == 0 {
            // It refuses to run as root; only the server's own account may enter the folder of the server's socket.
            let attributes = try FileManager.default.attributesOfItem(atPath: socket)
            let owner = try #require(attributes[.ownerAccountID] as? NSNumber)
            text += "user = \(try #require(attributes[.ownerAccountName] as? String))\n"
            try FileManager.default.setAttributes(
                [.ownerAccountID: owner, .groupOwnerAccountID: try #require(attributes[.groupOwnerAccountID] as? NSNumber)],
                ofItemAtPath: folder.string)
        }
        try text.write(toFile: folder.appending("pgbouncer.ini").string, atomically: false, encoding: .utf8)
        return PgBouncer(conninfo: "host=\(folder) port=6432 user=\(user) dbname=\(database)", folder: folder)
    }

    private func untilItAnswers(_ process: pid_t) async throws {
        while true {
            do {
                _ = try await PostgresConnection.connect(conninfo).query("SELECT 1")
                return
            } catch {
                // A child that has ended can be told by its state only, for nobody has reaped it yet.
                let state = try String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8).split(separator: ") ").last?.first
                try #require(state != "Z", "pgbouncer ended: \(error)")
                try Task.checkCancellation()
                await Task.yield()
            }
        }
    }

    /// What the sessions behind the pooler listen to. Each client holds one of them in a transaction, so that all are asked.
    func channelsLeftBehind() async throws -> [String] {
        var held: [PostgresConnection] = []
        var channels: [String] = []
        for _ in 0..<Self.poolSize {
            let connection = try await PostgresConnection.connect(conninfo)
            try await connection.script("BEGIN")
            channels += try await connection.query("SELECT pg_listening_channels()", as: String.self)
            held.append(connection)
        }
        for connection in held { try await connection.script("COMMIT") }
        return channels
    }
}

extension Product {
    /// A product on an empty database, and the same seen through a pooler. `pool` asks the server itself in both.
    static func behindPgBouncer(_ body: @escaping (_ product: Product, _ bouncer: PgBouncer) async throws -> Void) async throws {
        try await with(migrated: false) { direct in
            try await PgBouncer.with(inFrontOf: direct.pool.configuration.connection.connectionString, folder: direct.data) { bouncer in
                try await body(direct.reached(by: bouncer.conninfo), bouncer)
            }
        }
    }
}
