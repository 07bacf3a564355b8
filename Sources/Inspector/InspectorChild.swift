internal import CSandbox
internal import FoundationEssentials
internal import Glibc
internal import Inspection
internal import InspectorChannel
internal import Recordings
internal import SystemPackage

/// The process that opens one recording, from the fork to its end.
struct InspectorChild {
    let job: InspectorJob
    let descriptors: InspectorDescriptors
    let sandbox: Bool
    let server: Int32

    /// Enters the sandbox, does the work and ends the process: without `exit`, whose handlers belong to the server.
    func run() -> Never {
        guard enterSandbox() else { _exit(InspectorExit.noSandbox.rawValue) }
        let result =
            if let probe = job.probe {
                ProbeRun(probe: probe, descriptors: descriptors, limits: job.request.limits, server: server).run()
            } else {
                switch job.task {
                case .inspect: attempt { () throws(InspectionError) in try inspect() }
                case .render: attempt { () throws(InspectionError) in try render() }
                }
            }
        _exit(result.rawValue)
    }

    private func enterSandbox() -> Bool {
        // A rendition uses a core for about the length of the answer. Inspections come first, because nobody can review their answers
        // yet.
        if job.task == .render { _ = nice(10) }
        let kept = ([descriptors.recording, descriptors.report] + descriptors.artifacts.values).map(\.rawValue)
        // Until here, standard error is that of the server; from here on it is the log.
        if let failed = unsafe sandbox_keep_descriptors(descriptors.log.rawValue, kept, kept.count) {
            return explain(failed: unsafe String(cString: failed))
        }
        let limits = job.request.limits
        // One limit for all files; the report and the log cannot grow beyond theirs, and the parent measures the artifacts.
        let fileBytes = max(limits.artifactBytes, Int64(limits.reportBytes), 1 << 20)
        var sandboxed = sandbox_limits(
            cpu_seconds: UInt64(max(1, limits.cpuSeconds)), wall_seconds: UInt64(max(1, limits.wallSeconds)),
            memory_bytes: UInt64(max(0, limits.memoryBytes)), file_bytes: UInt64(fileBytes))
        if let failed = unsafe sandbox_enter(&sandboxed, sandbox, server) {
            return explain(failed: unsafe String(cString: failed))
        }
        return true
    }

    private func explain(failed step: String) -> Bool {
        DailiesInspector.complain("The sandbox could not be built: \(step) failed (\(Errno(rawValue: errno))).")
        return false
    }

    private func attempt(_ work: () throws(InspectionError) -> InspectorExit) -> InspectorExit {
        // The log, since the sandbox was entered.
        Inspection.copyLog(to: .standardError)
        do {
            return try work()
        } catch {
            DailiesInspector.complain("\(error)")
            return InspectorExit(failure: error)
        }
    }

    private var writer: ReportWriter { ReportWriter(descriptor: descriptors.report, limit: job.request.limits.reportBytes) }

    private func inspect() throws(InspectionError) -> InspectorExit {
        let report = try Inspection.inspect(
            recording: descriptors.recording, request: job.request, artifacts: ArtifactDescriptors(byKind: descriptors.artifacts))
        return writer.write { try report.json() }
    }

    private func render() throws(InspectionError) -> InspectorExit {
        guard let file = descriptors.artifacts[.rendition] else { return .software }
        let report = try Inspection.render(recording: descriptors.recording, to: file, limits: job.request.limits)
        return writer.write { try report.json() }
    }
}
