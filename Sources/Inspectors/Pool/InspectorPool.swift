internal import Dispatch
package import InspectorChannel
public import Logging
public import Recordings
public import SystemPackage

/// Inspects recordings in child processes that hold nothing worth stealing and can do nothing but read, compute and write what they were
/// lent.
///
/// Behind it stands one fork server, `dailies-inspector`, started with the first inspection and again whenever it has died. As
/// many inspections run at once as are asked for; the caller bounds them. Safe to use from any task and thread.
public final class InspectorPool: Sendable {
    public enum Sandbox: String, Sendable, CaseIterable {
        /// Landlock and seccomp, or no inspection at all.
        case required
        /// Resource limits and an empty environment only. For kernels that lack the rest, and recordings that are trusted.
        case off
    }

    public struct Configuration: Sendable {
        /// `dailies-inspector`; `nil` looks beside the running program, then in `PATH`.
        public var executable: FilePath?
        public var sandbox: Sandbox
        /// Called by the pool's own thread when an inspector has started, with its process, so that tests wait for that and not for time.
        package var inspectorStarted: (@Sendable (Int32) -> Void)?

        public init(executable: FilePath? = nil, sandbox: Sandbox = .required) {
            self.executable = executable
            self.sandbox = sandbox
        }
    }

    private let loop: InspectorLoop

    /// Starts nothing yet.
    /// - Parameter logger: logs fork servers that start and end, never recordings.
    /// - Throws: `InspectorError.noScratch` when no descriptor is left.
    public init(
        configuration: Configuration = Configuration(), logger: Logger = Logger(label: "dailies.inspectors")
    ) throws(InspectorError) {
        do {
            loop = try InspectorLoop(configuration: configuration, logger: logger)
        } catch {
            throw .noScratch(error)
        }
    }

    deinit {
        loop.stop()
    }

    /// Inspects one recording and makes its artifacts.
    ///
    /// All descriptors stay the caller's, who keeps them open until this returns. A file's content means nothing unless the
    /// report names the artifact; files that it does not name are emptied.
    ///
    /// Cancelling the task kills the child at once; this then throws `CancellationError` as soon as the child is gone.
    /// - Parameters:
    ///   - recording: a regular file, open for reading; its offset is neither used nor moved.
    ///   - request: what the sender claimed, and the limits.
    ///   - artifacts: where to write what is made.
    /// - Throws: `InspectorError` when no child could be made, `CancellationError`. Never for what the recording did: see `InspectorDeath`.
    public func inspect(
        recording: FileDescriptor, request: InspectionRequest = InspectionRequest(), artifacts: ArtifactDescriptors = ArtifactDescriptors()
    ) async throws -> InspectorOutcome<Report> {
        try await run(probe: nil, recording: recording, request: request, artifacts: artifacts)
    }

    /// Lets a child try something in place of an inspection.
    package func run(
        probe: InspectorProbe?, recording: FileDescriptor, request: InspectionRequest, artifacts: ArtifactDescriptors
    ) async throws -> InspectorOutcome<Report> {
        let files = (recording, artifacts.byKind)
        return try await run(.inspect, probe: probe, files: files, request: request) { reader, ending in try reader.report(ending) }
    }

    /// Makes a rendition of one recording.
    ///
    /// Works as `inspect` does, and gives way to inspections: the child runs at a lower priority of the processor.
    /// - Parameters:
    ///   - rendition: an empty file, open for reading and writing.
    ///   - limits: see `InspectionLimits.forRendition(durationMs:)`.
    public func render(
        recording: FileDescriptor, to rendition: FileDescriptor, limits: InspectionLimits
    ) async throws -> InspectorOutcome<RenditionReport> {
        try await run(
            .render, probe: nil, files: (recording, [.rendition: rendition]), request: InspectionRequest(limits: limits)
        ) { reader, ending in try reader.renditionReport(ending) }
    }

    private func run<Content>(
        _ task: InspectorTask, probe: InspectorProbe?, files: (recording: FileDescriptor, artifacts: [ArtifactKind: FileDescriptor]),
        request: InspectionRequest, read: @escaping @Sendable (ReportReader, InspectorEnding) throws -> Content
    ) async throws -> InspectorOutcome<Content> {
        try Task.checkCancellation()
        // One byte more than a report may have: only a child that cuts the file has written a report.
        let report = try Self.scratch("inspector-report", limit: request.limits.reportBytes + 1)
        defer { try? report.close() }
        let log = try Self.scratch("inspector-log", limit: ReportReader.logBytes)
        defer { try? log.close() }
        let descriptors = InspectorDescriptors(recording: files.recording, report: report, log: log, artifacts: files.artifacts)
        let killsBefore = MemoryKills.count()
        let end = try await loop.run(InspectorWork(task: task, request: request, descriptors: descriptors, probe: probe))
        let reader = ReportReader(request: request, descriptors: descriptors)
        // It reads files, so it must not block the cooperative pool.
        return await withCheckedContinuation { continuation in
            DispatchQueue.global().async {
                var outcome = reader.outcome(of: end, read: read)
                if case .died(var death) = outcome, let killsBefore, let now = MemoryKills.count() {
                    death.memoryRanOut = now > killsBefore
                    outcome = .died(death)
                }
                continuation.resume(returning: outcome)
            }
        }
    }

    /// What the kernel offers for the sandbox, as the fork server sees it.
    /// - Throws: `InspectorError` when the server does not start.
    public func sandboxSupport() async throws -> SandboxSupport {
        try await loop.support()
    }

    /// The FFmpeg that opens recordings; `nil` when the fork server does not say.
    /// - Throws: `InspectorError` when the server does not start.
    public func ffmpegBuild() async throws -> FFmpegBuild? {
        try await loop.ffmpeg()
    }

    /// Kills every inspector, and the fork server with them; the inspections end as `.died` with the cause `.killed`.
    ///
    /// Neither waits nor needs the cooperative pool, so that a worker that lost its lease can call it from any thread whatever else is
    /// stuck. Later inspections get a new server.
    public func killAll() {
        loop.killAll()
    }

    /// Ends the server for good. What still runs is killed as by `killAll`; later inspections throw `InspectorError.shutDown`.
    /// Returns when the server's process is gone.
    public func shutdown() async {
        loop.stop()
        await loop.awaitEnd()
    }

    /// The fork server's process, while there is one.
    package var serverProcess: Int32? { loop.serverProcess }

    private static func scratch(_ name: String, limit: Int) throws(InspectorError) -> FileDescriptor {
        do {
            return try ScratchFile.open(name: name, limit: limit)
        } catch {
            throw .noScratch(error)
        }
    }
}
