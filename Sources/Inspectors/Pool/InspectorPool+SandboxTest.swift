internal import InspectorChannel
internal import Recordings
internal import SystemPackage

extension InspectorPool {
    /// Lets inspectors try what the sandbox must forbid: files, sockets, programs, processes, other processes' memory, signals, code.
    /// Each must be killed for it. For `dailies doctor`; takes a few milliseconds for each.
    ///
    /// Meaningless with `Sandbox.off`, where nothing is held back.
    /// - Throws: `InspectorError` when no child could be made, `Errno` when `/dev/null` cannot be opened.
    public func testSandbox() async throws -> [SandboxTest] {
        let nothing = try FileDescriptor.open(FilePath("/dev/null"), .readOnly, options: .closeOnExec)
        defer { try? nothing.close() }
        var request = InspectionRequest()
        request.limits.wallSeconds = 30
        var tests: [SandboxTest] = []
        for probe in InspectorProbe.forbidden {
            let outcome = try await run(probe: probe, recording: nothing, request: request, artifacts: ArtifactDescriptors())
            switch outcome {
            case .report: tests.append(SandboxTest(attempt: probe.rawValue, held: false, detail: "it lived on"))
            case .died(let death):
                tests.append(SandboxTest(attempt: probe.rawValue, held: death.wasForbidden, detail: death.description))
            }
        }
        return tests
    }
}
