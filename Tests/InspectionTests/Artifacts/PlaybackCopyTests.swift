import FFmpeg
import Foundation
import Recordings
import SystemPackage
import TestSupport
import Testing

@Suite(.tags(.media))
struct PlaybackCopyTests {
    @Test("The playback copy has the recording's duration, its packets, and an index that seeks", arguments: Truth.all)
    func copies(_ truth: Truth) async throws {
        try await Inspected.with(Fixtures.recording(truth.file)) { inspected in
            let playback = try #require(inspected.report.artifacts.playback)
            #expect(playback.file.mediaType == (truth.video == "h264" ? "video/mp4" : "video/webm"))
            let copy = inspected.path(.playback)
            let duration = try #require(Double(try await FFmpegTool.probe(copy, entries: "format=duration").first?.first ?? ""))
            #expect(abs(duration * 1000 - Double(truth.durationMs)) <= 50)
            #expect(playback.durationMs == inspected.report.durationMs)
            let before = try await FFmpegTool.probe(Fixtures.recording(truth.file), entries: "packet=codec_type,size")
            let after = try await FFmpegTool.probe(copy, entries: "packet=codec_type,size")
            // AV1 loses the two bytes of its temporal delimiters, which Matroska does not want.
            #expect(Self.sorted(before, less: truth.video == "av1" ? 2 : 0) == Self.sorted(after, less: 0))
            try Self.seeksToTheMiddle(copy, truth)
        }
    }

    @Test("The index stands before the first packet", arguments: ["chrome-vp9-720p.webm", "chrome-h264-opus.mkv", "chrome-h264-opus.mp4"])
    func hasIndexInFront(_ name: String) async throws {
        try await Inspected.with(Fixtures.recording(name)) { inspected in
            let bytes = Data(try inspected.bytes(.playback))
            if name.hasSuffix(".webm") {
                // Searched from the end: the seek head names the element as well.
                let cues = try #require(bytes.range(of: Data([0x1C, 0x53, 0xBB, 0x6B]), options: .backwards))
                let cluster = try #require(bytes.range(of: Data([0x1F, 0x43, 0xB6, 0x75])))
                #expect(cues.lowerBound < cluster.lowerBound)
            } else {
                let index = try #require(bytes.range(of: Data("moov".utf8)))
                let media = try #require(bytes.range(of: Data("mdat".utf8)))
                #expect(index.lowerBound < media.lowerBound)
            }
        }
    }

    @Test func `The index of a WebM is complete and in front even where it is larger than the space left for it`() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("many.webm")
            let picture = ["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=60"]
            try await FFmpegTool.make(path, picture + ["-c:v", "libvpx", "-g", "1", "-deadline", "realtime", "-cpu-used", "8"])
            try await Inspected.with(path) { inspected in
                let copy = Data(try inspected.bytes(.playback))
                let cues = try #require(copy.range(of: Data([0x1C, 0x53, 0xBB, 0x6B]), options: .backwards))
                let cluster = try #require(copy.range(of: Data([0x1F, 0x43, 0xB6, 0x75])))
                // A cue point of one track takes no less than twelve bytes.
                let keyframes = try #require(inspected.report.video?.keyframes)
                #expect(keyframes >= 500 && cluster.lowerBound - cues.lowerBound >= 12 * keyframes)
                let before = try await FFmpegTool.probe(path, entries: "packet=pts_time,size")
                #expect(try await FFmpegTool.probe(inspected.path(.playback), entries: "packet=pts_time,size") == before)
            }
        }
    }

    @Test func `Titles, devices, places and dates are not copied`() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("phone.mp4")
            try await FFmpegTool.make(
                path,
                Generated.picture + Generated.tone + [
                    "-shortest", "-metadata", "title=Secretly", "-metadata", "location=+52.5200+013.4050/", "-metadata",
                    "comment=Candidate 17", "-metadata", "creation_time=2026-01-02T03:04:05Z", "-metadata:s:a", "handler_name=Phone of Ada",
                ])
            try await Inspected.with(path) { inspected in
                let text = Data(try inspected.bytes(.playback))
                for word in ["Secretly", "52.5", "Candidate", "Ada"] {
                    #expect(text.range(of: Data(word.utf8)) == nil, "\(word)")
                }
                let created = try await FFmpegTool.probe(inspected.path(.playback), entries: "format_tags=creation_time")
                #expect(created.isEmpty)
            }
        }
    }

    @Test func `A recording that starts far from zero is copied to start at zero`() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("late.webm")
            try await FFmpegTool.make(
                path, ["-i", Fixtures.recording("chrome-vp8-opus.webm").string, "-c", "copy", "-output_ts_offset", "1000"])
            try await Inspected.with(path) { inspected in
                #expect(inspected.report.durationMs == 14_024)
                #expect(inspected.report.audio?.startMs == 44)
                let times = try await FFmpegTool.probe(inspected.path(.playback), entries: "packet=pts_time")
                #expect(times.compactMap { $0.first.flatMap(Double.init) }.min() == 0)
            }
        }
    }

    @Test func `Codecs that browsers do not play are not copied`() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("old.mov")
            try await FFmpegTool.make(path, Generated.picture + ["-c:v", "mjpeg", "-t", "1"])
            let report = try await Inspected.report(of: path)
            #expect(report.outcome == .usable && report.video?.codec == "mjpeg")
            #expect(report.artifacts.playback == nil)
        }
    }

    @Test(
        "H.264 with more bits or more colour than browsers play is not copied",
        arguments: [
            ("yuv420p", "High", true), ("yuvj420p", "High", true), ("yuv420p10le", "High 10", false), ("yuv422p", "High 4:2:2", false),
            ("yuv444p", "High 4:4:4 Predictive", false), ("gray10le", "High 10", false),
        ])
    func profiles(_ tested: (form: String, profile: String, isCopied: Bool)) async throws {
        for ending in ["mp4", "mov", "mkv", "ts"] {
            try await TemporaryFolder.with { folder in
                let path = folder.appending("camera.\(ending)")
                let picture = ["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=1"]
                try await FFmpegTool.make(path, picture + ["-c:v", "libx264", "-preset", "veryfast", "-pix_fmt", tested.form])
                let report = try await Inspected.report(of: path)
                #expect(report.video?.profile == tested.profile, "\(ending)")
                #expect((report.artifacts.playback != nil) == tested.isCopied, "\(ending)")
                #expect(report.artifacts.poster != nil)
            }
        }
    }

    private static func sorted(_ packets: [[String]], less: Int) -> [String] {
        packets.filter { $0.count >= 2 }.map { line in
            line[0] == "video" ? "video \((Int(line[1]) ?? 0) - less)" : "audio \(line[1])"
        }.sorted()
    }

    /// By our own reader: after a seek to the middle the next packet is a keyframe not far before it.
    private static func seeksToTheMiddle(_ path: FilePath, _ truth: Truth) throws {
        let descriptor = try FileDescriptor.open(path, .readOnly)
        defer { try? descriptor.close() }
        let format = try #require(InputFormat(head: Array(Data(contentsOf: URL(filePath: path.string)).prefix(4096))) { _ in [] })
        let demuxer = try Demuxer(descriptor, format: format, limits: .init(streams: 8, pixels: 1 << 24))
        let stream = try #require(demuxer.streams.first { truth.video == nil || $0.kind == .video })
        demuxer.use(only: [stream.index])
        let packet = try Packet()
        let middle = Microseconds(truth.durationMs) * 500
        try demuxer.seek(to: middle, stream: stream.index)
        #expect(try demuxer.read(into: packet))
        #expect(packet.isKeyframe)
        #expect(try #require(packet.time) <= middle)
    }
}
