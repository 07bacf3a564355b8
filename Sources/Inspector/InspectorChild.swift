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

    /// Enters the cage, does the work and ends the process: without `exit`, whose handlers belong to the server.
    func run() -> Never {
        guard enterCage() else { _exit(InspectorExit.noCage.rawValue) }
        let result =
            if let probe = job.probe {
                ProbeRun(probe: probe, descriptors: descriptors, limits: job.request.limits, server: server).run()
            } else {
                inspect()
            }
        _exit(result.rawValue)
    }

    private func enterCage() -> Bool {
        let kept = ([descriptors.recording, descriptors.report] + descriptors.artifacts.values).map(\.rawValue)
        // The server's standard error until the log takes its place.
        if let failed = unsafe cage_keep_descriptors(descriptors.log.rawValue, kept, kept.count) {
            return explain(failed: unsafe String(cString: failed))
        }
        let limits = job.request.limits
        // One limit for all files; the report and the log cannot grow beyond theirs, and the parent measures the artifacts.
        let fileBytes = max(limits.artifactBytes, Int64(limits.reportBytes), 1 << 20)
        var caged = cage_limits(
            cpu_seconds: UInt64(max(1, limits.cpuSeconds)), wall_seconds: UInt64(max(1, limits.wallSeconds)),
            memory_bytes: UInt64(max(0, limits.memoryBytes)), file_bytes: UInt64(fileBytes))
        if let failed = unsafe cage_enter(&caged, sandbox, server) {
            return explain(failed: unsafe String(cString: failed))
        }
        return true
    }

    private func explain(failed step: String) -> Bool {
        DailiesInspector.complain("The cage could not be built: \(step) failed (\(Errno(rawValue: errno))).")
        return false
    }

    private func inspect() -> InspectorExit {
        let files = descriptors.artifacts
        // The log, since the cage was entered.
        Inspection.copyLog(to: .standardError)
        do {
            let report = try Inspection.inspect(
                recording: descriptors.recording, request: job.request,
                artifacts: ArtifactDescriptors(
                    poster: files[.poster], storyboard: files[.storyboard], waveform: files[.waveform], playback: files[.playback]))
            return ReportWriter(descriptor: descriptors.report, limit: job.request.limits.reportBytes).write(report)
        } catch {
            DailiesInspector.complain("\(error)")
            return InspectorExit(failure: error)
        }
    }
}

extension InspectorExit {
    /// An inspection that throws met trouble beside the recording: a recording's own faults are in its report.
    init(failure: InspectionError) {
        switch failure {
        case .outOfMemory, .reading(ENOMEM), .writing(_, ENOMEM): self = .memory
        case .writing(_, EFBIG): self = .outputTooLarge
        case .reading, .writing: self = .inputOutput
        }
    }
}
