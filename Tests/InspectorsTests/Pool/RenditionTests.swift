import Recordings
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import Inspectors

@Suite("A rendition in the sandbox", .tags(.media, .program))
struct RenditionTests {
    /// Encodes a generated picture and tone, and lends the files of a rendition.
    private func render(
        _ arguments: [String], _ name: String = "a.mp4", limits: InspectionLimits = InspectionLimits().forRendition(durationMs: 4_000)
    ) async throws -> (InspectorOutcome<RenditionReport>, bytes: Int64) {
        try await TemporaryFolder.with { folder in
            let source = folder.appending(name)
            let made = try await Subprocess.run(
                .name("ffmpeg"), arguments: Arguments(["-v", "error"] + arguments + [source.string]), output: .discarded,
                error: .string(limit: 1 << 16))
            try #require(made.terminationStatus.isSuccess, "\(made.standardError)")
            let recording = try FileDescriptor.open(source, .readOnly)
            defer { try? recording.close() }
            let rendition = try FileDescriptor.open(
                folder.appending("rendition"), .readWrite, options: .create, permissions: .ownerReadWrite)
            defer { try? rendition.close() }
            let outcome = try await InspectorPool.shared().render(recording: recording, to: rendition, limits: limits)
            return (outcome, try rendition.seek(offset: 0, from: .end))
        }
    }

    private static func picture(_ size: String = "1920x1080", seconds: Int = 2) -> [String] {
        ["-f", "lavfi", "-i", "testsrc2=size=\(size):rate=30:duration=\(seconds)"]
    }

    private static let tone = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=44100:duration=2"]

    @Test("uses no forbidden system call, whatever is decoded")
    func isMade() async throws {
        let kinds = [
            (["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-c:a", "aac"], "a.mp4"),
            (["-c:v", "mjpeg", "-c:a", "pcm_s16le"], "a.mov"), (["-c:v", "mpeg4", "-c:a", "ac3"], "a.mkv"),
        ]
        for (codecs, name) in kinds {
            let (outcome, bytes) = try await render(Self.picture() + Self.tone + codecs, name)
            guard case .report(let report) = outcome else {
                Issue.record("\(name): \(outcome)")
                continue
            }
            let rendition = try #require(report.rendition, "\(name): \(report)")
            #expect(rendition.width == 1280 && rendition.height == 720)
            #expect(rendition.file.bytes == bytes && bytes > 10_000, "\(name): \(bytes) bytes")
        }
    }

    @Test("of any size is scaled and encoded without writing machine code", arguments: ["16x16", "36x20", "176x144", "640x32", "32x640"])
    func small(size: String) async throws {
        let (outcome, _) = try await render(Self.picture(size) + ["-c:v", "mjpeg"], "a.mov")
        guard case .report(let report) = outcome else { throw Died(outcome: outcome) }
        #expect("\(report.rendition?.width ?? 0)x\(report.rendition?.height ?? 0)" == size)
    }

    struct Died: Error {
        var outcome: InspectorOutcome<RenditionReport>
    }

    @Test("that needs more than its limits is ended by them")
    func limits() async throws {
        var limits = InspectionLimits()
        limits.cpuSeconds = 1
        let noise = ["-f", "lavfi", "-i", "nullsrc=size=1920x1080:rate=30:duration=4,noise=alls=60:allf=t", "-c:v", "mjpeg", "-q:v", "10"]
        let (outcome, _) = try await render(noise, "a.mov", limits: limits)
        guard case .died(let death) = outcome else {
            Issue.record("\(outcome)")
            return
        }
        #expect(death.cause == .cpuTime, "\(death)")
    }

    @Test("has limits that grow with the answer up to a bound")
    func grow() {
        let limits = InspectionLimits()
        #expect(limits.forRendition(durationMs: 0).cpuSeconds == limits.cpuSeconds)
        #expect(limits.forRendition(durationMs: 600_000).cpuSeconds == 4_860)
        #expect(limits.forRendition(durationMs: 600_000).wallSeconds == 14_580)
        #expect(limits.forRendition(durationMs: .max).cpuSeconds == 14_400)
        #expect(limits.forRendition(durationMs: -1).cpuSeconds == limits.cpuSeconds)
    }
}
