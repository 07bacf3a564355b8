import Foundation
import Recordings
import Subprocess
import SystemPackage
import TestSupport
import Testing

@testable import Inspectors

/// Inspections as the worker runs them: real recordings, the real program, in the sandbox.
@Suite("A recording in the sandbox", .tags(.media, .program))
struct RecordingTests {
    static let soundNames = [
        "chrome-vp8-opus.webm", "chrome-vp9-opus.webm", "chrome-av1-opus.webm", "chrome-h264-opus.mkv", "chrome-h264-opus.mp4",
        "chrome-vp9-720p.webm", "chrome-no-timeslice.webm", "paused-midway.webm", "resized-midway.webm",
    ]
    static let faultyNames = [
        "fault-mic-muted.webm", "fault-camera-covered.webm", "fault-frozen-video.webm", "fault-clipped-audio.webm", "fault-late-start.webm",
        "fault-cut-short.webm", "fault-lost-chunk.webm", "audio-only.webm", "video-only.webm",
    ]

    private func report(_ path: FilePath) async throws -> Report {
        try await Lent.with(path) { lent in
            let request = InspectionRequest(declaredType: "video/webm")
            switch try await InspectorPool.shared().inspect(recording: lent.recording, request: request, artifacts: lent.artifacts) {
            case .report(let report): return report
            case .died(let death): throw Died(death: death)
            }
        }
    }

    struct Died: Error {
        var death: InspectorDeath
    }

    @Test("has a report that passes every check, and artifacts", arguments: soundNames)
    func sound(_ name: String) async throws {
        let report = try await report(Fixtures.recording(name))
        #expect(report.outcome == .usable)
        #expect(report.video != nil && report.audio != nil)
        #expect(report.flags.allSatisfy { $0.severity != .fault }, "\(report.flags)")
        #expect((report.artifacts.poster?.file.bytes ?? 0) > 0)
        #expect((report.artifacts.storyboard?.file.bytes ?? 0) > 0)
        #expect((report.artifacts.waveform?.file.bytes ?? 0) > 0)
        #expect((report.artifacts.playback?.file.bytes ?? 0) > 0)
        #expect(report.container.declaredType == "video/webm")
        #expect(report.timingsMs["inspector"] != nil)
    }

    @Test("of every container and codec is read in the sandbox")
    func everyContainer() async throws {
        try await TemporaryFolder.with { folder in
            for (name, bytes) in try await MutationCorpus.generated() {
                let path = folder.appending("recording")
                try Data(bytes).write(to: URL(filePath: path.string))
                let report = try await report(path)
                #expect(report.outcome == .usable, "\(name)")
                #expect(report.artifacts.waveform != nil || report.artifacts.poster != nil, "\(name)")
                let faults = Set(report.flags.filter { $0.severity == .fault }.map(\.name))
                #expect(faults.isSubset(of: [.noVideo, .noAudio]), "\(name): \(report.flags)")
            }
        }
    }

    @Test("with a fault has a report too", arguments: faultyNames)
    func faulty(_ name: String) async throws {
        #expect(try await report(Fixtures.recording(name)).outcome == .usable)
    }

    @Test("of any size is scaled without writing machine code", arguments: ["16x16", "128x96", "160x120", "176x144", "640x32", "32x640"])
    func small(size: String) async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("small.webm")
            let made = try await Subprocess.run(
                .name("ffmpeg"),
                arguments: Arguments(
                    ["-v", "error", "-f", "lavfi", "-i", "testsrc=size=\(size):rate=10:duration=1", "-c:v", "libvpx", path.string]),
                output: .discarded, error: .string(limit: 1 << 16))
            #expect(made.terminationStatus.isSuccess, "\(made.standardError)")
            let report = try await report(path)
            #expect(report.outcome == .usable)
            #expect(report.artifacts.storyboard != nil)
        }
    }

    @Test("that is not a recording is unusable, and the inspector lives on")
    func notMedia() async throws {
        let report = try await report(FilePath(#filePath))
        #expect(report.outcome == .unusable)
        #expect(report.reason?.code == .notMedia)
        #expect(report.container.bytes ?? 0 > 0)
    }

    @Test("can be one of many at a time")
    func many() async throws {
        let pool = try InspectorPool.shared()
        let outcomes = try await withThrowingTaskGroup(of: InspectorOutcome<Report>.self) { group in
            for name in Self.soundNames + Self.faultyNames {
                group.addTask {
                    try await Lent.with(Fixtures.recording(name)) { lent in
                        try await pool.inspect(recording: lent.recording, artifacts: lent.artifacts)
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        let reports = outcomes.count { if case .report = $0 { true } else { false } }
        #expect(reports == Self.soundNames.count + Self.faultyNames.count)
    }

    @Test("makes nothing that was not asked for")
    func withoutArtifacts() async throws {
        let recording = try FileDescriptor.open(Fixtures.recording("chrome-vp9-opus.webm"), .readOnly, options: .closeOnExec)
        defer { try? recording.close() }
        guard case .report(let report) = try await InspectorPool.shared().inspect(recording: recording) else {
            Issue.record("The inspector died")
            return
        }
        #expect(report.artifacts == ReportArtifacts())
    }
}
