import Foundation
import LocalPostgres
import Migrations
import Postgres
import Subprocess
import SystemPackage
import TestSupport
import Testing

/// A real PostgreSQL server whose clock a test can set while it runs. It starts an hour ahead.
struct DatabaseClock {
    /// Of the server, with the schema of Dailies.
    let conninfo: String
    private let offset: FilePath

    /// Lends the server. Its clock is `database-clock.c`, preloaded by a script that stands in for `pg_ctl`.
    static func with(in folder: FilePath, _ body: (DatabaseClock) async throws -> Void) async throws {
        let offset = folder.appending("clock-offset")
        let library = folder.appending("database-clock.so")
        let source = Product.project.appending("Tests/DailiesTests/database-clock.c")
        let compiled = try await Subprocess.run(
            .path("/usr/bin/gcc"), arguments: ["-shared", "-fPIC", "-o", library.string, source.string],
            output: .discarded, error: .string(limit: 1 << 16))
        try #require(compiled.terminationStatus.isSuccess, "\(compiled.standardError)")
        let server = LocalPostgres(
            configuration: .init(
                folder: folder.appending("postgres"), durability: .none,
                programs: try programs(in: folder, library: library, offset: offset)))
        try Data(repeating: 0, count: 8).write(to: URL(filePath: offset.string))
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: offset.string)
        let clock = DatabaseClock(conninfo: try await server.start(), offset: offset)
        do {
            try clock.set(to: .seconds(3600))
            try await DatabaseAccount.makeAll(on: clock.conninfo)
            _ = try await Migrator().apply(on: try await PostgresConnection.connect(clock.conninfo))
            try await body(clock)
        } catch {
            await server.stop()
            throw error
        }
        await server.stop()
    }

    /// Sets the clock so far ahead of this machine's.
    func set(to ahead: Duration) throws {
        let file = try FileDescriptor.open(offset, .writeOnly)
        let microseconds = Int64(ahead / .microseconds(1))
        _ = try file.closeAfter { try withUnsafeBytes(of: microseconds) { try file.writeAll(toAbsoluteOffset: 0, $0) } }
    }

    private static func programs(in folder: FilePath, library: FilePath, offset: FilePath) throws -> FilePath {
        let installed = try #require(
            try FileManager.default.contentsOfDirectory(atPath: "/usr/lib/postgresql").compactMap(Int.init).max().map {
                "/usr/lib/postgresql/\($0)/bin"
            })
        let programs = folder.appending("programs")
        try FileManager.default.createDirectory(
            atPath: programs.string, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        for name in ["initdb", "postgres", "pg_isready", "psql", "createdb"] {
            try FileManager.default.createSymbolicLink(
                atPath: programs.appending(name).string, withDestinationPath: "\(installed)/\(name)")
        }
        let script = """
            #!/bin/sh
            export LD_PRELOAD=\(library) DATABASE_CLOCK=\(offset)
            exec \(installed)/pg_ctl "$@"
            """
        let path = programs.appending("pg_ctl").string
        try script.write(toFile: path, atomically: false, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: path)
        return programs
    }
}
