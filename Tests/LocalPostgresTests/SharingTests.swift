import SystemPackage
import TestSupport
import Testing

@testable import LocalPostgres

@Suite(.tags(.database), .timeLimit(.minutes(10)))
struct SharingTests {
    @Test func `The first of two users to leave does not stop the server for the second`() async throws {
        try await TemporaryFolder.with { folder in
            let data = folder.appending("pg")
            let first = PrivateServer.make(in: data)
            let second = PrivateServer.make(in: data)
            let conninfo = try await first.start()
            let processID = PrivateServer.processID(in: data)
            #expect(try await second.start() == conninfo)
            #expect(PrivateServer.processID(in: data) == processID)

            await first.stop()
            #expect(PrivateServer.processID(in: data) == processID)
            #expect(try await PSQL.run("SELECT 1", on: conninfo) == "1")

            await second.stop()
            #expect(PrivateServer.processID(in: data) == nil)
        }
    }

    @Test func `Users that start at the same moment in an empty folder get one server`() async throws {
        try await TemporaryFolder.with { folder in
            let data = folder.appending("pg")
            let servers = (0..<4).map { _ in PrivateServer.make(in: data) }
            let answers = try await withThrowingTaskGroup(of: String.self) { group in
                for server in servers { group.addTask { try await server.start() } }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(answers.count == 1)
            await withTaskGroup { group in
                for server in servers { group.addTask { await server.stop() } }
            }
            #expect(PrivateServer.processID(in: data) == nil)
        }
    }

    @Test func `Starting twice and stopping once leaves nothing running`() async throws {
        try await TemporaryFolder.with { folder in
            let data = folder.appending("pg")
            let server = PrivateServer.make(in: data)
            let first = try await server.start()
            #expect(try await server.start() == first)
            await server.stop()
            #expect(PrivateServer.processID(in: data) == nil)
            await server.stop()
        }
    }
}
