import Foundation
import Glibc
import InspectorChannel
import Recordings
import SystemPackage
import TestSupport
import Testing

@testable import Inspectors

@Suite("The sandbox", .tags(.program))
struct SandboxTests {
    @Test("kills a process that tries a forbidden system call", arguments: InspectorProbe.forbidden)
    func kills(_ probe: InspectorProbe) async throws {
        let death = try await InspectorPool.shared().death(of: probe)
        #expect(death.cause == .signal(SIGSYS), "\(death)")
        #expect(death.wasForbidden)
    }

    /// Without the sandbox the same attempts reach the kernel, so it is the sandbox that ends them.
    @Test(
        "is what stops them",
        // All but those that would end or replace the process or stop its server when they succeed.
        arguments: InspectorProbe.forbidden.filter { ![.execute, .trace].contains($0) })
    func isNeeded(_ probe: InspectorProbe) async throws {
        let pool = try InspectorPool(configuration: .init(sandbox: .off))
        let death = try await pool.death(of: probe)
        #expect(death.cause == .exit(InspectorExit.escaped.rawValue), "\(death)")
        #expect(death.logLines.last?.contains("let \(probe.rawValue) through") == true)
    }

    @Test("contains only the lent files")
    func isEmpty() async throws {
        let death = try await InspectorPool.shared().death(of: .inventory)
        // Three standard ones, the recording, the report and four artifacts.
        #expect(death.logLines == ["descriptors: 9, variables: 0"])
    }

    @Test("protects the recording from every change")
    func recordingIsKept() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("recording")
            try Data("as it was".utf8).write(to: URL(filePath: path.string))
            let recording = try FileDescriptor.open(path, .readOnly, options: .closeOnExec)
            defer { try? recording.close() }
            let outcome = try await InspectorPool.shared().run(
                probe: .spoilRecording, recording: recording, request: InspectionRequest(), artifacts: ArtifactDescriptors())
            guard case .died(let death) = outcome else {
                Issue.record("It gave a report")
                return
            }
            #expect(death.cause == .exit(InspectorExit.software.rawValue), "\(death)")
            #expect(try String(contentsOfFile: path.string, encoding: .utf8) == "as it was")
        }
    }

    @Test("passes the test of doctor")
    func isTested() async throws {
        let tests = try await InspectorPool.shared().testSandbox()
        #expect(tests.count == InspectorProbe.forbidden.count)
        let escaped = tests.filter { !$0.held }
        #expect(escaped.isEmpty)
    }

    @Test("fails the test of doctor when it is off")
    func isSeenToFail() async throws {
        let tests = try await InspectorPool(configuration: .init(sandbox: .off)).testSandbox()
        #expect(tests.contains { !$0.held })
    }

    @Test("says what the kernel offers for it")
    func support() async throws {
        let support = try await InspectorPool.shared().sandboxSupport()
        #expect(support.isComplete)
        #expect(support.lacks.isEmpty)
    }

    @Test("that cannot be built gives an error that says what is missing and what to do")
    func unavailable() {
        let error = InspectorError.sandboxUnavailable(SandboxSupport(landlock: nil, seccomp: true))
        #expect(error.description.contains("Landlock"))
        #expect(error.description.contains("--sandbox off"))
        #expect(!error.description.contains("seccomp"))
    }
}
