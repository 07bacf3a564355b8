import Recordings
import SystemPackage
import TestSupport
import Testing

/// Valid recordings with unusual times: the report has the packets' times and no fault.
@Suite(.tags(.media))
struct TimingTests {
    @Test("The report's times are those of ffprobe's packets, and there is no fault", arguments: TimedRecording.all)
    func agrees(_ recording: TimedRecording) async throws {
        try await recording.with { path in
            try await Inspected.with(path) { inspected in
                let report = try inspected.report.validated(limits: InspectionLimits())
                let packets = try await PacketTable(path, streams: recording.streams)
                #expect(abs(Double(try #require(report.durationMs)) - packets.spanMs) <= 1)
                #expect(report.video?.frames ?? 0 == packets.frames)
                #expect(report.video?.keyframes ?? 0 == packets.keyframes)
                #expect(report.faults.subtracting([.noVideo]) == [])
                #expect(report.warnings == recording.warnings, "\(report.flags)")
                #expect(report.artifacts.playback != nil)
            }
        }
    }

    @Test("A phone that is turned changes the size from then on, in every container", arguments: ["mp4", "mkv", "ts"])
    func turned(_ ending: String) async throws {
        try await TemporaryFolder.with { folder in
            // One coded picture after the other, the second with another size in its own header.
            var parts: [FilePath] = []
            for size in ["160x120", "120x160"] {
                parts.append(folder.appending("\(size).264"))
                let picture = ["-f", "lavfi", "-i", "testsrc2=size=\(size):rate=20:duration=2"]
                try await FFmpegTool.make(try #require(parts.last), picture + Generated.h264 + ["-g", "20"])
            }
            let path = folder.appending("turned.\(ending)")
            try await FFmpegTool.make(
                path,
                ["-framerate", "20", "-f", "h264", "-i", "concat:" + parts.map(\.string).joined(separator: "|")]
                    + ["-f", "lavfi", "-i", "sine=sample_rate=48000:duration=4", "-c:v", "copy", "-c:a", "aac"])
            let report = try await Inspected.report(of: path)
            let video = try #require(report.video)
            #expect(video.sizes.map { [$0.atMs - video.startMs, $0.width, $0.height] } == [[0, 160, 120], [2000, 120, 160]])
            #expect(report.faults.isEmpty && report.warnings == [.sizeChanged])
            let packets = try await PacketTable(path)
            #expect(abs(Double(try #require(report.durationMs)) - packets.spanMs) <= 1)
            #expect(video.frames == packets.frames)
        }
    }
}
