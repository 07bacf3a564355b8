import Foundation
import SystemPackage
import TestSupport
import Testing

@testable import LocalPostgres

@Suite(.tags(.database), .timeLimit(.minutes(10)))
struct LifecycleTests {
    @Test func `What was committed is there after a stop and a start`() async throws {
        try await TemporaryFolder.with { folder in
            let first = LocalPostgres(configuration: .init(folder: folder.appending("pg")))
            let before = try await first.start()
            _ = try await PSQL.run("CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)", on: before)
            await first.stop()
            #expect(PrivateServer.processID(in: folder.appending("pg")) == nil)

            let second = LocalPostgres(configuration: .init(folder: folder.appending("pg")))
            let after = try await second.start()
            #expect(try await PSQL.run("SELECT n FROM kept", on: after) == "7")
            #expect(try await PSQL.run("SHOW fsync", on: after) == "on")
            #expect(try await PSQL.run("SHOW synchronous_commit", on: after) == "on")
            #expect(try await PSQL.run("SHOW data_checksums", on: after) == "on")
            #expect(try await PSQL.run("SELECT current_user, current_database()", on: after) == "dailies|dailies")
            await second.stop()
        }
    }

    @Test func `The server is lent to a closure and gone after it, even when the closure throws`() async throws {
        struct Thrown: Error {}
        try await TemporaryFolder.with { folder in
            let data = folder.appending("pg")
            await #expect(throws: Thrown.self) {
                try await LocalPostgres.withServer(.init(folder: data, durability: .none)) { conninfo in
                    #expect(try await PSQL.run("SELECT 1", on: conninfo) == "1")
                    throw Thrown()
                }
            }
            #expect(PrivateServer.processID(in: data) == nil)
        }
    }

    @Test func `Cancelling the task that stops the server does not leave it running`() async throws {
        try await TemporaryFolder.with { folder in
            let server = PrivateServer.make(in: folder.appending("pg"))
            _ = try await server.start()
            let stopping = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                await server.stop()
            }
            await stopping.value
            #expect(PrivateServer.processID(in: folder.appending("pg")) == nil)
        }
    }

    @Test func `The server listens on no network port`() async throws {
        try await TemporaryFolder.with { folder in
            let server = PrivateServer.make(in: folder.appending("pg"))
            let conninfo = try await server.start()
            #expect(try await PSQL.run("SHOW listen_addresses", on: conninfo) == "")
            let processID = try #require(PrivateServer.processID(in: folder.appending("pg")))
            let inodes = Self.listeningInodes()
            let held = try Directory.entries(of: FilePath("/proc/\(processID)/fd")).compactMap { name in
                try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(processID)/fd/\(name)")
            }
            #expect(held.contains { $0.hasPrefix("socket:[") })
            #expect(!held.contains { link in inodes.contains { link == "socket:[\($0)]" } })
            await server.stop()
        }
    }

    /// Inodes of every listening TCP socket; the state is the fourth column, the inode the tenth.
    private static func listeningInodes() -> [String] {
        ["/proc/net/tcp", "/proc/net/tcp6"].flatMap { path in
            let text = String(decoding: FileManager.default.contents(atPath: path) ?? Data(), as: UTF8.self)
            return text.split(separator: "\n").dropFirst().compactMap { line in
                let columns = line.split(separator: " ")
                return columns.count > 9 && columns[3] == "0A" ? String(columns[9]) : nil
            }
        }
    }

    @Test func `Stray libpq variables do not lead elsewhere`() async throws {
        try await TemporaryFolder.with { folder in
            let server = PrivateServer.make(in: folder.appending("pg"))
            let conninfo = try await server.start()
            for name in ["hostaddr=''", "port=5432", "user=dailies", "dbname=dailies"] {
                #expect(conninfo.contains(name))
            }
            await server.stop()
        }
    }

    @Test func `Settings reach the server literally, whatever they contain`() async throws {
        try await TemporaryFolder.with { folder in
            let odd = #"it's "odd" $HOME `id` \ done"#
            let server = LocalPostgres(
                configuration: .init(
                    folder: folder.appending("pg"), maxConnections: 17, settings: ["cluster_name": odd], durability: .none))
            let conninfo = try await server.start()
            #expect(try await PSQL.run("SHOW cluster_name", on: conninfo) == odd)
            #expect(try await PSQL.run("SHOW max_connections", on: conninfo) == "17")
            #expect(try await PSQL.run("SHOW fsync", on: conninfo) == "off")
            await server.stop()
        }
    }

    @Test func `A refused setting is reported at once with the server's own words`() async throws {
        try await TemporaryFolder.with { folder in
            let server = LocalPostgres(
                configuration: .init(folder: folder.appending("pg"), settings: ["shared_buffers": "plenty"], durability: .none))
            let error = await #expect(throws: LocalPostgresError.self) { try await server.start() }
            #expect(error?.code == .startFailed)
            #expect(error?.description.contains(#"invalid value for parameter "shared_buffers": "plenty""#) == true)
        }
    }
}
