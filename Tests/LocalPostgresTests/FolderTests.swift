import Glibc
import SystemPackage
import TestSupport
import Testing

@testable import LocalPostgres

@Suite(.tags(.database), .timeLimit(.minutes(10)))
struct FolderTests {
    @Test(arguments: [
        String(repeating: "a-long-name/", count: 12), "with space", #"it's "quoted" $HOME `id`"#, "comma,and;semicolon", "Größe",
    ])
    func `A server runs in a folder of any name`(name: String) async throws {
        try await TemporaryFolder.with { folder in
            let server = PrivateServer.make(in: folder.appending(FilePath(name).components))
            let conninfo = try await server.start()
            #expect(try await PSQL.run("SELECT 1", on: conninfo) == "1")
            let socketFolder = try #require(conninfo.split(separator: " ").first?.dropFirst("host=".count))
            #expect(try Stat(FilePath(String(socketFolder))).permissions == .ownerReadWriteExecute)
            await server.stop()
            #expect(PrivateServer.processID(in: folder.appending(FilePath(name).components)) == nil)
            #expect((try? Stat(FilePath(String(socketFolder)))) == nil)
        }
    }

    @Test func `Nobody but the server's account may enter the socket's folder or the data`() async throws {
        try await TemporaryFolder.with { folder in
            let server = PrivateServer.make(in: folder.appending("pg"))
            _ = try await server.start()
            for name in ["run", "data", "log"] {
                let stat = try Stat(folder.appending("pg").appending(name))
                #expect(stat.permissions == .ownerReadWriteExecute)
                #expect(stat.rawValue.st_uid == (try ServerAccount.forThisProcess()).userID)
                #expect(stat.rawValue.st_uid != 0)
            }
            await server.stop()
        }
    }

    @Test func `A folder that holds something else is left alone`() async throws {
        try await TemporaryFolder.with { folder in
            _ = try Directory.make(folder.appending("holiday-pictures"), permissions: .ownerReadWriteExecute)
            let error = await #expect(throws: LocalPostgresError.self) { try await PrivateServer.make(in: folder).start() }
            #expect(error?.code == .folderUnusable)
            #expect(error?.message.contains("holiday-pictures") == true)
            #expect(try Directory.entries(of: folder) == ["holiday-pictures"])
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root runs the server as someone else"))
    func `A folder that the server's account cannot reach is named with the remedy`() async throws {
        try await TemporaryFolder.with { folder in
            let closed = folder.appending("closed")
            _ = try Directory.make(closed, permissions: .ownerReadWriteExecute)
            let error = await #expect(throws: LocalPostgresError.self) {
                try await PrivateServer.make(in: closed.appending("pg")).start()
            }
            #expect(error?.code == .folderUnusable)
            #expect(error?.description.contains("chmod o+x '\(closed)'") == true)
        }
    }

    @Test func `A socket folder that someone else made in a public place is refused`() async throws {
        try await TemporaryFolder.with { folder in
            let account = try ServerAccount.forThisProcess()
            let open = folder.appending("open")
            _ = try Directory.make(open, permissions: [.ownerReadWriteExecute, .groupReadExecute, .otherReadExecute])
            let link = folder.appending("link")
            #expect(symlink("/var", link.string) == 0)
            for squatted in [open, link] {
                #expect(throws: LocalPostgresError.self) { try SocketFolder.prepare(squatted, for: account) }
            }
            let own = try SocketFolder.prepare(folder.appending("own"), for: account)
            #expect(try SocketFolder.prepare(own, for: account) == own)
        }
    }

    @Test(.enabled(if: geteuid() == 0, "only root gives folders away"))
    func `A private socket folder of another user is refused, and one that was not handed over yet is taken`() async throws {
        try await TemporaryFolder.with { folder in
            let account = try ServerAccount.forThisProcess()
            let (foreign, unfinished) = (folder.appending("foreign"), folder.appending("unfinished"))
            for path in [foreign, unfinished] { _ = try Directory.make(path, permissions: .ownerReadWriteExecute) }
            try #require(chown(foreign.string, 1, 1) == 0)
            #expect(throws: LocalPostgresError.self) { try SocketFolder.prepare(foreign, for: account) }
            #expect(try SocketFolder.prepare(unfinished, for: account) == unfinished)
            #expect(try Stat(unfinished).rawValue.st_uid == account.userID)
        }
    }

    @Test func `Data of a version that is not installed is refused with the package to install`() async throws {
        try await TemporaryFolder.with { folder in
            let account = try ServerAccount.forThisProcess()
            let server = try ServerFolder(preparing: folder.appending("pg"), for: account)
            _ = try Directory.make(server.data, permissions: .ownerReadWriteExecute)
            let file = try FileDescriptor.open(
                server.data.appending("PG_VERSION"), .writeOnly, options: .create, permissions: .ownerReadWrite)
            try file.writeAll("9999\n".utf8)
            try file.close()
            let error = await #expect(throws: LocalPostgresError.self) {
                try await LocalPostgres(configuration: .init(folder: server.path, programs: folder)).start()
            }
            #expect(error?.code == .programsMissing)
            #expect(error?.description.contains("apt-get install postgresql-9999") == true)
        }
    }

    @Test func `Without PostgreSQL the error says what to install or to set`() async throws {
        try await TemporaryFolder.with { folder in
            let error = await #expect(throws: LocalPostgresError.self) {
                try await LocalPostgres(configuration: .init(folder: folder.appending("pg"), programs: folder)).start()
            }
            #expect(error?.code == .programsMissing)
            #expect(error?.description.contains("apt-get install postgresql)") == true)
            #expect(error?.description.contains("DATABASE_URL") == true)
        }
    }
}
