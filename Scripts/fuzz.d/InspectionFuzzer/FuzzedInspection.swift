import FoundationEssentials
import Glibc
import Inspection
import Recordings
import SystemPackage

/// One input, inspected as the inspector's child does it, with files in memory.
enum FuzzedInspection {
    private static let recording = file("recording")
    private static let artifacts = ArtifactDescriptors(
        poster: file("poster"), storyboard: file("storyboard"), waveform: file("waveform"), playback: file("playback"))

    /// Small, so that an input takes milliseconds; each is still within reach of one.
    private static let limits = {
        var limits = InspectionLimits()
        limits.pixels = 1 << 20
        limits.durationSeconds = 600
        limits.streams = 8
        limits.packets = 5_000
        limits.artifactBytes = 1 << 20
        return limits
    }()

    /// Ends the process when the machine is blamed for what the input did, or when the worker would not believe the report.
    static func run(_ input: UnsafeRawBufferPointer) {
        for descriptor in [recording, artifacts.poster, artifacts.storyboard, artifacts.waveform, artifacts.playback] {
            try? descriptor?.resize(to: 0)
        }
        do {
            _ = try recording.writeAll(toAbsoluteOffset: 0, input)
            let request = InspectionRequest(declaredType: "video/webm", declaredBytes: Int64(input.count), limits: limits)
            let report = try Inspection.inspect(recording: recording, request: request, artifacts: artifacts)
            _ = try Report(json: report.json()).validated(limits: limits)
        } catch InspectionError.outOfMemory {
            return
        } catch {
            fatalError("\(error)")
        }
    }

    private static func file(_ name: String) -> FileDescriptor {
        let path = FilePath("/dev/shm/dailies-fuzz-\(getpid())-\(name)")
        do {
            let file = try FileDescriptor.open(
                path, .readWrite, options: [.create, .exclusiveCreate, .closeOnExec], permissions: .ownerReadWrite)
            // It lives as long as it is open.
            unlink(path.string)
            return file
        } catch {
            fatalError("\(path) cannot be made: \(error)")
        }
    }
}
