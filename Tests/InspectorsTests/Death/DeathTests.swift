import Glibc
import InspectorChannel
import Recordings
import SystemPackage
import TestSupport
import Testing

@testable import Inspectors

@Suite("How an inspector ends:", .tags(.program))
struct DeathTests {
    @Test("the death of one does not end another")
    func neighbours() async throws {
        let started = Started()
        let pool = try started.pool()
        async let victim = pool.death(of: .hang)
        let process = await started.first(1)[0]
        async let neighbour = pool.death(of: .spin) { $0.cpuSeconds = 1 }
        _ = await started.first(2)
        kill(process, SIGKILL)
        let death = try await victim
        #expect(death.cause == .signal(SIGKILL))
        #expect(death.pid == process)
        #expect(try await neighbour.cause == .cpuTime)
    }

    @Test("a crash is reported as its signal", arguments: [(InspectorProbe.trap, SIGILL), (.abort, SIGABRT)])
    func crashes(_ probe: InspectorProbe, _ signal: Int32) async throws {
        let death = try await InspectorPool.shared().death(of: probe)
        #expect(death.cause == .signal(signal) || (probe == .trap && death.cause == .signal(SIGTRAP)), "\(death)")
        #expect(death.reasonCode == .inspectorDied)
    }

    @Test("the fork server's death ends its inspectors, and the next inspection starts a new server")
    func server() async throws {
        let started = Started()
        let pool = try started.pool()
        let lifeline = try Lifeline()
        async let inspection = pool.death(of: .hang, lending: ArtifactDescriptors(playback: lifeline.lent))
        _ = await started.first(1)
        let server = try #require(pool.serverProcess)
        kill(server, SIGKILL)
        #expect(try await inspection.cause == .serverDied)
        try lifeline.awaitEnd()
        #expect(try await pool.death(of: .noReport).cause == .badReport("report was not written"))
        #expect(pool.serverProcess != server)
    }

    @Test("the parent's death ends the fork server and its inspectors")
    func parent() throws {
        let lifeline = try Lifeline()
        let errors = try ScratchFile.open(name: "errors", limit: 4096)
        defer { try? errors.close() }
        let (ours, theirs) = try InspectorChannel.pair()
        let executable = try InspectorExecutable.locate(configured: nil)
        let server = try InspectorProcess.spawn(
            executable: executable, arguments: ["--sandbox", "required"], channel: theirs, errors: errors)
        try theirs.descriptor.close()
        let nothing = try FileDescriptor.open("/dev/null", .readWrite, options: .closeOnExec)
        defer { try? nothing.close() }
        let job = InspectorJob(id: 1, request: InspectionRequest(), artifacts: [.playback], probe: .hang)
        try ours.send(InspectorCommand.inspect(job: job).json(), descriptors: [nothing, nothing, nothing, lifeline.lent], wait: true)
        var events: [InspectorEvent] = []
        while events.count < 2, let received = try ours.receive(wait: true) { try events.append(InspectorEvent(json: received.message)) }
        guard case .started = try #require(events.last) else { throw Unexpected(events: events) }

        try ours.descriptor.close()

        try lifeline.awaitEnd()
        var status: Int32 = 0
        #expect(waitpid(server, &status, 0) == server)
        #expect(status == 0, "it leaves in order")
    }

    struct Unexpected: Error {
        var events: [InspectorEvent]
    }

    @Test("a pool that is released ends its server")
    func abandoned() async throws {
        let server = try await { () async throws -> Int32? in
            let pool = try InspectorPool()
            _ = try await pool.sandboxSupport()
            return pool.serverProcess
        }()
        // The pool's thread reaps the server, so its process number becomes free.
        let process = try #require(server)
        // Read at once: errno belongs to the thread, and waiting may change the thread.
        var failure: CInt = 0
        try await until {
            failure = kill(process, 0) == 0 ? 0 : errno
            return failure != 0
        }
        #expect(failure == ESRCH)
    }
}
