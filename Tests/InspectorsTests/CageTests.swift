import Glibc
import InspectorChannel
import Recordings
import Testing

@testable import Inspectors

@Suite("The cage")
struct CageTests {
    @Test("kills whoever tries what it forbids", arguments: InspectorProbe.forbidden)
    func kills(_ probe: InspectorProbe) async throws {
        let death = try await InspectorPool.shared().death(of: probe)
        #expect(death.cause == .signal(SIGSYS), "\(death)")
        #expect(death.wasForbidden)
    }

    /// Without it the same attempts get through to the kernel: it is the cage that ends them, not their being impossible.
    @Test(
        "is what stops them",
        arguments: [InspectorProbe.openFile, .createFile, .socket, .fork, .thread, .signal, .readMemory, .mapCode, .protectCode])
    func isNeeded(_ probe: InspectorProbe) async throws {
        let pool = try InspectorPool(configuration: .init(sandbox: .off))
        let death = try await pool.death(of: probe)
        #expect(death.cause == .exit(InspectorExit.escaped.rawValue), "\(death)")
        #expect(death.logLines.last?.contains("let \(probe.rawValue) through") == true)
    }

    @Test("leaves nothing inside but the lent files")
    func isEmpty() async throws {
        let death = try await InspectorPool.shared().death(of: .inventory)
        // Three standard ones, the recording, the report and four artifacts.
        #expect(death.logLines == ["descriptors: 9, variables: 0"])
    }

    @Test("is shown to hold, for doctor")
    func isTested() async throws {
        let tests = try await InspectorPool.shared().testCage()
        #expect(tests.count == InspectorProbe.forbidden.count)
        let escaped = tests.filter { !$0.held }
        #expect(escaped.isEmpty)
    }

    @Test("is seen not to hold, where there is none")
    func isSeenToFail() async throws {
        let tests = try await InspectorPool(configuration: .init(sandbox: .off)).testCage()
        #expect(tests.contains { !$0.held })
    }

    @Test("says what the kernel offers for it")
    func support() async throws {
        let support = try await InspectorPool.shared().sandboxSupport()
        #expect(support.isComplete)
        #expect(support.lacks.isEmpty)
    }

    @Test("that cannot be built is an error that says what is missing and how to go on")
    func unavailable() {
        let error = InspectorError.sandboxUnavailable(SandboxSupport(landlock: nil, seccomp: true))
        #expect(error.description.contains("Landlock"))
        #expect(error.description.contains("--sandbox off"))
        #expect(!error.description.contains("seccomp"))
    }
}
