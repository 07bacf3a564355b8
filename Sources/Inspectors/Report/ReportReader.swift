internal import FoundationEssentials
internal import InspectorChannel
internal import Recordings
internal import SystemPackage

/// Reads the files of a child that has ended, and makes an outcome of them. It trusts none of them. Blocks on the files.
struct ReportReader: Sendable {
    /// Bytes of the log. A child that writes more loses the rest.
    static let logBytes = 256 << 10

    let request: InspectionRequest
    let descriptors: InspectorDescriptors

    /// - Parameter read: one of the functions below.
    func outcome<Content>(
        of end: InspectionEnd, read: (ReportReader, InspectorEnding) throws -> Content
    ) -> InspectorOutcome<Content> {
        let logLines = LogTail.lines(of: (try? LentFile(descriptor: descriptors.log).read(count: Self.logBytes)) ?? [])
        switch end {
        case .lost(let cause, let process):
            return .died(InspectorDeath(cause: cause, logLines: logLines, pid: process))
        case .ended(let ending, let process):
            let cause: InspectorDeath.Cause
            if let known = InspectorDeath.Cause(ending, limits: request.limits, logLines: logLines) {
                cause = known
            } else {
                do {
                    return .report(try read(self, ending))
                } catch let defect as ReportDefect {
                    cause = .badReport("\(defect)")
                } catch is DecodingError {
                    cause = .badReport("it is not the JSON of a report")
                } catch {
                    cause = .badReport("it could not be read (\(error))")
                }
            }
            let signal: Int32? = if case .signal(let number) = ending.status { number } else { nil }
            return .died(
                InspectorDeath(
                    cause: cause, signal: signal, limit: cause.limit(request.limits), logLines: logLines, cpuMs: ending.cpuMs,
                    wallMs: ending.wallMs, maxRSSBytes: ending.maxRSSBytes, pid: process))
        }
    }

    private func json() throws -> Data {
        let file = LentFile(descriptor: descriptors.report)
        let size = try file.size()
        // The file was larger than this from the start; a child that wrote a report has cut it.
        guard size <= request.limits.reportBytes else { throw ReportDefect(field: "report", problem: "was not written") }
        return Data(try file.read(count: Int(size)))
    }

    func renditionReport(_ ending: InspectorEnding) throws -> RenditionReport {
        var report = try RenditionReport(json: json()).validated(limits: request.limits)
        report.rendition = try ArtifactCheck(files: descriptors.artifacts, limits: request.limits).checked(report.rendition)
        return report
    }

    func report(_ ending: InspectorEnding) throws -> Report {
        var report = try Report(json: json()).validated(limits: request.limits)
        let check = ArtifactCheck(files: descriptors.artifacts, limits: request.limits)
        report.artifacts = try check.checked(report.artifacts)
        // These values come from the parent, never from the child.
        report.container.declaredType = request.declaredType
        report.container.bytes = try LentFile(descriptor: descriptors.recording).size()
        report.timingsMs["inspector"] = Double(ending.wallMs)
        report.timingsMs["inspector_cpu"] = Double(ending.cpuMs)
        return report
    }
}
