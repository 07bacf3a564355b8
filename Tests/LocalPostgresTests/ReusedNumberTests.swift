import Foundation
import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import LocalPostgres

/// A killed server leaves its process id in two files. After a while, and in a new container at once, the number belongs to another process.
@Suite(.tags(.database), .timeLimit(.minutes(10)))
struct ReusedNumberTests {
    /// Kills a server, waits until none of its processes is left, and writes another process's number into the files that it leaves.
    private func leaveStaleFile(in data: FilePath, naming other: pid_t) async throws {
        let server = PrivateServer.make(in: data)
        _ = try await server.start()
        let killed = try #require(PrivateServer.processID(in: data))
        try await PrivateServer.kill(killed)
        await PrivateServer.orphan(server)
        try await until { !Self.works(in: data.appending("data")) }
        for name in ["data/postmaster.pid", "run/.s.PGSQL.5432.lock"] {
            let path = data.appending(FilePath(name).components).string
            var lines = try String(contentsOfFile: path, encoding: .utf8).components(separatedBy: "\n")
            #expect(lines[0] == "\(killed)")
            lines[0] = "\(other)"
            try lines.joined(separator: "\n").write(toFile: path, atomically: false, encoding: .utf8)
        }
    }

    private static func works(in data: FilePath) -> Bool {
        let processes = ((try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []).compactMap { pid_t($0) }
        return processes.contains { ProcessStat(of: $0).map { !$0.isDead && $0.works(in: data) == true } ?? false }
    }

    @Test func `Another PostgreSQL that has the number now is left alone, and the server starts`() async throws {
        try await TemporaryFolder.with { folder in
            let (first, second) = (folder.appending("first"), folder.appending("second"))
            let other = PrivateServer.make(in: second)
            let conninfo = try await other.start()
            let otherID = try #require(PrivateServer.processID(in: second))
            try await leaveStaleFile(in: first, naming: otherID)

            #expect(PrivateServer.processID(in: first) == nil)
            let server = PrivateServer.make(in: first)
            #expect(try await PSQL.run("SELECT 1", on: try await server.start()) == "1")
            #expect(PrivateServer.processID(in: first) != nil && PrivateServer.processID(in: first) != otherID)
            await server.stop()
            #expect(PrivateServer.processID(in: first) == nil)
            #expect(PrivateServer.processID(in: second) == otherID)
            #expect(try await PSQL.run("SELECT 1", on: conninfo) == "1")
            await other.stop()
        }
    }

    @Test func `A server that cannot start leaves the process alone that has its number now`() async throws {
        try await TemporaryFolder.with { folder in
            let (first, second) = (folder.appending("first"), folder.appending("second"))
            let other = PrivateServer.make(in: second)
            let conninfo = try await other.start()
            try await leaveStaleFile(in: first, naming: try #require(PrivateServer.processID(in: second)))
            let broken = LocalPostgres(
                configuration: .init(
                    folder: first, settings: ["shared_buffers": "plenty"], durability: .none, startTimeout: .zero))
            await #expect(throws: LocalPostgresError.self) { try await broken.start() }
            #expect(try await PSQL.run("SELECT 1", on: conninfo) == "1")
            await other.stop()
        }
    }

    @Test func `Any program of the server's account that has the number now does not stop the start`() async throws {
        try await TemporaryFolder.with { folder in
            let data = folder.appending("pg")
            try await withSleeper { sleeper in
                try await leaveStaleFile(in: data, naming: sleeper)
                let server = PrivateServer.make(in: data)
                #expect(try await PSQL.run("SELECT 1", on: try await server.start()) == "1")
                await server.stop()
                #expect(kill(sleeper, 0) == 0)
            }
        }
    }

    /// Lends a process of the account that servers run as.
    private func withSleeper(_ body: (pid_t) async throws -> Void) async throws {
        let account = try ServerAccount.forThisProcess()
        let words =
            account.differsFromProcess
            ? ["setpriv", "--reuid=\(account.userID)", "--regid=\(account.groupID)", "--clear-groups", "--", "sleep", "600"]
            : ["sleep", "600"]
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = words
        process.currentDirectoryURL = URL(filePath: "/")
        try process.run()
        defer { process.terminate() }
        try await until { ProcessStat(of: process.processIdentifier)?.command == "sleep" }
        try await body(process.processIdentifier)
    }

    @Test func `A start that is cancelled while PostgreSQL starts leaves no process behind, whenever that is`() async throws {
        try await TemporaryFolder.with { folder in
            let data = folder.appending("pg")
            let first = PrivateServer.make(in: data)
            _ = try await first.start()
            await first.stop()
            for round in 0..<12 {
                let server = PrivateServer.make(in: data)
                let starting = Task { try await server.start() }
                // At each of the steps of a start, as they can be seen from outside.
                try await until {
                    round % 4 == 0 || Self.works(in: data) && round % 4 == 1 || Postmaster.named(in: data.appending("data")) != nil
                }
                starting.cancel()
                if (try? await starting.value) != nil { await server.stop() }
                #expect(!Self.works(in: data) && !Self.works(in: data.appending("data")), "round \(round)")
            }
            let next = PrivateServer.make(in: data)
            #expect(try await PSQL.run("SELECT 1", on: try await next.start()) == "1")
            await next.stop()
        }
    }
}
