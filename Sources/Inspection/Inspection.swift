internal import FFmpeg
public import Recordings
public import SystemPackage

/// Looks inside one recording, in one pass on the calling thread.
///
/// Made for a child process in a sandbox: after `warmUp()` nothing here opens a file or starts a thread, and a recording can
/// only be reached through the descriptor that was lent.
public enum Inspection {
    /// Does once what the first recording would otherwise do lazily: FFmpeg's tables, a scaler, a JPEG, the report's encoder. Call it
    /// before forking, so that every child inherits the warm pages and needs nothing from the disk.
    public static func warmUp() {
        WarmUp.run()
    }

    /// The FFmpeg build that inspects.
    public static var ffmpeg: FFmpegBuild {
        FFmpegBuild(version: FFmpegLibraries.version, libraries: FFmpegLibraries.loaded, encodesH264: Encoder.encodesH264)
    }

    /// Writes what FFmpeg warns of to a descriptor too, line by line, so that it outlives this process when a limit ends it. The lines
    /// may quote the recording.
    public static func copyLog(to descriptor: FileDescriptor) {
        LogLines.copy(to: descriptor.rawValue)
    }

    /// Reads the recording once and says what it is.
    ///
    /// - Parameters:
    ///   - recording: open for reading. Its file offset is neither used nor moved.
    ///   - request: what the sender claimed, and the limits. The caller enforces the limits on time, CPU and memory.
    ///   - artifacts: where to write. A file's content means nothing unless the report names the artifact.
    /// - Returns: a report in which `container.bytes`, `container.sha256`, each artifact's `file`, `bytes` and `sha256`, and the
    ///   storyboard's `vtt` are `nil`: the parent fills them in. A recording that cannot be used is an `unusable` report.
    /// - Throws: only when the machine fails: reading the recording, or writing an artifact.
    public static func inspect(
        recording: FileDescriptor, request: InspectionRequest, artifacts: ArtifactDescriptors = ArtifactDescriptors()
    ) throws(InspectionError) -> Report {
        try RecordingPass(recording: recording, request: request, artifacts: artifacts).run()
    }

    /// Makes a rendition of a recording: the same picture and sound, as every browser plays them.
    ///
    /// - Parameters:
    ///   - recording: as for `inspect`.
    ///   - rendition: an empty file, open for reading and writing. Its content means nothing unless the report names it.
    ///   - limits: see `InspectionLimits.forRendition(durationMs:)`.
    /// - Returns: a report in which the rendition's `file`, `bytes` and `sha256` are `nil`: the parent fills them in.
    /// - Throws: only when the machine fails: reading the recording, or writing the rendition.
    public static func render(
        recording: FileDescriptor, to rendition: FileDescriptor, limits: InspectionLimits
    ) throws(InspectionError) -> RenditionReport {
        try RenditionPass(recording: recording, rendition: rendition, limits: limits).run()
    }
}
