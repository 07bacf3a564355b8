import InspectorChannel
import Recordings
import SystemPackage
import TestSupport
import Testing

@testable import Inspectors

@Suite("Ending inspections", .tags(.program))
struct EndingTests {
    @Test("cancelling the task kills the inspector and throws CancellationError")
    func cancelling() async throws {
        let started = Started()
        let pool = try started.pool()
        let lifeline = try Lifeline()
        let inspection = Task { try await pool.death(of: .hang, lending: ArtifactDescriptors(playback: lifeline.lent)) }
        _ = await started.first(1)
        inspection.cancel()
        await #expect(throws: CancellationError.self) { try await inspection.value }
        try lifeline.awaitEnd()
        // The server still works.
        #expect(try await pool.death(of: .openFile).wasForbidden)
    }

    @Test("a task that is already cancelled starts nothing")
    func cancelledBefore() async throws {
        let pool = try InspectorPool()
        let inspection = Task {
            while !Task.isCancelled { await Task.yield() }
            return try await pool.death(of: .hang)
        }
        inspection.cancel()
        await #expect(throws: CancellationError.self) { try await inspection.value }
        #expect(pool.serverProcess == nil)
    }

    @Test("killAll ends every inspector at once, and inspections go on afterwards")
    func killAll() async throws {
        let started = Started()
        let pool = try started.pool()
        let lifelines = [try Lifeline(), try Lifeline(), try Lifeline()]
        let inspections = lifelines.map { lifeline in
            Task { try await pool.death(of: .hang, lending: ArtifactDescriptors(playback: lifeline.lent)) }
        }
        _ = await started.first(3)
        pool.killAll()
        for lifeline in lifelines { try lifeline.awaitEnd() }
        for inspection in inspections {
            let death = try await inspection.value
            #expect(death.cause == .killed)
            #expect(death.pid != nil)
        }
        #expect(try await pool.death(of: .openFile).wasForbidden)
    }

    @Test("shutdown ends the server, and later inspections are refused")
    func shutdown() async throws {
        let started = Started()
        let pool = try started.pool()
        let inspection = Task { try await pool.death(of: .hang) }
        _ = await started.first(1)
        await pool.shutdown()
        #expect(pool.serverProcess == nil)
        #expect(try await inspection.value.cause == .killed)
        await #expect(throws: InspectorError.shutDown) { try await pool.death(of: .hang) }
        await pool.shutdown()
    }

    @Test("a program that is not an inspector gives an error with its name")
    func wrongProgram() async throws {
        let pool = try InspectorPool(configuration: .init(executable: "/bin/true"))
        await #expect(throws: InspectorError.self) { try await pool.sandboxSupport() }
        await #expect(throws: InspectorError.notStarted(executable: "/bin/true", why: "it ended, or hung, without a word")) {
            try await pool.death(of: .hang)
        }
    }

    @Test("an inspector that cannot start is quoted in the error")
    func complaint() async throws {
        let pool = try InspectorPool(configuration: .init(executable: "/bin/cat"))
        do {
            _ = try await pool.death(of: .hang)
            Issue.record("It should not have started")
        } catch InspectorError.notStarted(_, let why) {
            #expect(why.contains("--help"))
        }
    }

    @Test("a missing program gives an error with the places where it was looked for")
    func missingProgram() async throws {
        let pool = try InspectorPool(configuration: .init(executable: "/nowhere/dailies-inspector"))
        await #expect(throws: InspectorError.executableNotFound(looked: ["/nowhere"])) { try await pool.death(of: .hang) }
    }

    @Test("fifty inspections leave no file open")
    func descriptors() async throws {
        let pool = try InspectorPool()
        _ = try await pool.death(of: .noReport)
        let server = try #require(pool.serverProcess)
        let (before, serverBefore) = (Self.scratchFiles(), Self.openFiles(of: server))
        for _ in 0..<50 { _ = try await pool.death(of: .noReport) }
        // Other tests inspect meanwhile, a few at a time; a leak would be a hundred.
        #expect(Self.scratchFiles() < before + 50)
        #expect(Self.openFiles(of: server) == serverBefore)
    }

    /// The inspectors' files in memory that this process has open.
    private static func scratchFiles() -> Int {
        let links = (0..<4096).lazy.compactMap { Processes.link("/proc/self/fd/\($0)") }
        return links.count { $0.hasPrefix("/memfd:inspector-") }
    }

    /// Zero where this user may not look: only root may look at the server.
    private static func openFiles(of process: Int32) -> Int {
        (0..<4096).count { Processes.link("/proc/\(process)/fd/\($0)") != nil }
    }
}
