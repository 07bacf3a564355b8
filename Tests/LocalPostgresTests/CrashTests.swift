import SystemPackage
import TestSupport
import Testing

@testable import LocalPostgres

@Suite(.tags(.database), .timeLimit(.minutes(10)))
struct CrashTests {
    @Test func `A killed server is started again with its data`() async throws {
        try await TemporaryFolder.with { folder in
            let data = folder.appending("pg")
            let log = RecordedLog()
            let server = PrivateServer.make(in: data, log: log)
            let conninfo = try await server.start()
            _ = try await PSQL.run("CREATE TABLE kept (n int); INSERT INTO kept VALUES (7)", on: conninfo)
            let supervising = Task { try await server.supervise() }
            let first = try #require(PrivateServer.processID(in: data))

            try await PrivateServer.kill(first)
            #expect(await log.wait(for: "runs again"))
            let second = try #require(PrivateServer.processID(in: data))
            #expect(first != second)
            #expect(try await PSQL.run("SELECT n FROM kept", on: conninfo) == "7")

            supervising.cancel()
            try await supervising.value
            await server.stop()
        }
    }

    @Test func `A killed server is started again while a session of it is still at work`() async throws {
        try await TemporaryFolder.with { folder in
            let data = folder.appending("pg")
            let log = RecordedLog()
            let server = PrivateServer.make(in: data, log: log)
            let conninfo = try await server.start()
            // A session that computes does not notice that its parent has died. This one ends when it sees a file.
            let release = folder.appending("release")
            let busy = Task {
                let wait = "WHILE (pg_stat_file('\(release)', true)).size IS NULL LOOP END LOOP"
                _ = try? await PSQL.run("DO $$ BEGIN \(wait); END $$", on: "\(conninfo) application_name=busy")
            }
            let isBusy = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'busy' AND state = 'active'"
            while try await PSQL.run(isBusy, on: conninfo) != "1" {}
            let supervising = Task { try await server.supervise() }
            try await PrivateServer.kill(try #require(PrivateServer.processID(in: data)))
            #expect(await log.wait(for: "does not start yet"))
            _ = try Directory.make(release, permissions: .ownerReadWriteExecute)
            #expect(await log.wait(for: "runs again"))
            #expect(try await PSQL.run("SELECT 1", on: conninfo) == "1")
            supervising.cancel()
            try await supervising.value
            await server.stop()
            _ = await busy.value
        }
    }

    @Test func `The server of a killed owner is adopted by the next one, which then stops it`() async throws {
        try await TemporaryFolder.with { folder in
            let data = folder.appending("pg")
            let killed = PrivateServer.make(in: data)
            _ = try await killed.start()
            let processID = try #require(PrivateServer.processID(in: data))
            await PrivateServer.orphan(killed)
            await killed.stop()
            #expect(PrivateServer.processID(in: data) == processID)

            let next = PrivateServer.make(in: data)
            let conninfo = try await next.start()
            #expect(PrivateServer.processID(in: data) == processID)
            #expect(try await PSQL.run("SELECT 1", on: conninfo) == "1")
            await next.stop()
            #expect(PrivateServer.processID(in: data) == nil)
        }
    }

    @Test func `What an interrupted initdb left is removed and does not stop the next start`() async throws {
        try await TemporaryFolder.with { folder in
            let data = folder.appending("pg")
            let account = try ServerAccount.forThisProcess()
            let server = try ServerFolder(preparing: data, for: account)
            let unfinished = server.path.appending("\(ServerFolder.unfinishedPrefix)1-2")
            try Directory.makeWithParents(unfinished.appending("base"), permissions: .ownerReadWriteExecute)

            let next = PrivateServer.make(in: data)
            let conninfo = try await next.start()
            #expect(try await PSQL.run("SELECT 1", on: conninfo) == "1")
            #expect(try Directory.entries(of: data).sorted() == ["data", "log", "run", "server.lock", "start.lock"])
            await next.stop()
        }
    }

    @Test func `A start that is cancelled holds nothing, and the next one succeeds`() async throws {
        try await TemporaryFolder.with { folder in
            let data = folder.appending("pg")
            let log = RecordedLog()
            let cancelled = PrivateServer.make(in: data, log: log)
            let starting = Task { try await cancelled.start() }
            #expect(await log.wait(for: "Making a new PostgreSQL data folder"))
            starting.cancel()
            let error = await #expect(throws: LocalPostgresError.self) { try await starting.value }
            #expect(error?.code == .cancelled)

            let next = PrivateServer.make(in: data)
            let conninfo = try await next.start()
            #expect(try await PSQL.run("SELECT 1", on: conninfo) == "1")
            await next.stop()
        }
    }
}
