import FFmpeg
import Foundation
import Recordings
import SystemPackage
import TestSupport
import Testing

@testable import Inspection

/// Every tile shows the frame of its time. The pictures here carry their own number, in 16 black or white squares, so that a tile
/// can be asked which frame it is.
@Suite(.tags(.media))
struct StoryboardTests {
    private static let rate = 10

    /// Frame n of the drawing, at n / 10 s unless `filter` moves it.
    static func draw(_ path: FilePath, seconds: Int, filter: String = "null", _ arguments: [String]) async throws {
        let drawn =
            "nullsrc=size=8x2:rate=\(rate):duration=\(seconds),format=gray,geq=lum='if(mod(floor(N/pow(2,X+8*Y)),2),220,30)',"
            + "scale=160:120:flags=neighbor,setsar=1,format=yuv420p"
        try await FFmpegTool.make(path, ["-f", "lavfi", "-i", drawn, "-vf", filter, "-fps_mode", "passthrough"] + arguments)
    }

    /// The number that each tile carries.
    static func numbers(_ inspected: Inspected) async throws -> [Int] {
        let storyboard = try #require(inspected.report.artifacts.storyboard)
        let luma = try await Generated.luma(inspected.path(.storyboard), in: inspected.folder, width: storyboard.width)
        return storyboard.tiles.indices.map { index in
            let (left, top) = (index % storyboard.columns * storyboard.tileWidth, index / storyboard.columns * storyboard.tileHeight)
            return (0..<16).reduce(0) { number, bit in
                number | (luma[top + 30 + 60 * (bit / 8)][left + 10 + 20 * (bit % 8)] > 125 ? 1 << bit : 0)
            }
        }
    }

    private static let codecs: [String: (file: String, arguments: [String])] = [
        "vp8": ("a.webm", ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1M"]),
        "vp9": ("a.webm", ["-c:v", "libvpx-vp9", "-deadline", "realtime", "-cpu-used", "8", "-b:v", "1M"]),
        "vp9 with hidden frames": ("a.webm", ["-c:v", "libvpx-vp9", "-deadline", "good", "-cpu-used", "8", "-b:v", "1M"]),
        "av1": ("a.mp4", ["-c:v", "libsvtav1", "-preset", "12", "-crf", "30"]),
        "h264": ("a.mp4", Generated.h264),
        "h264 with reordered frames": ("a.mp4", ["-c:v", "libx264", "-preset", "veryfast", "-bf", "3"]),
        "h264 in Matroska": ("a.mkv", ["-c:v", "libx264", "-preset", "veryfast", "-bf", "3"]),
        "hevc": ("a.mp4", ["-c:v", "libx265", "-preset", "ultrafast", "-bf", "3", "-x265-params", "log-level=error", "-tag:v", "hvc1"]),
    ]

    @Test("A tile shows the frame of its time, with keyframes every 2 s and with only one", arguments: codecs.keys.sorted())
    func showsItsFrame(_ name: String) async throws {
        let codec = try #require(Self.codecs[name])
        for distance in [20, 9_999] {
            try await TemporaryFolder.with { folder in
                let path = folder.appending(codec.file)
                try await Self.draw(path, seconds: 32, codec.arguments + ["-g", "\(distance)", "-sc_threshold", "0"])
                try await Inspected.with(path) { inspected in
                    let video = try #require(inspected.report.video)
                    let times = try #require(inspected.report.artifacts.storyboard?.tiles.map { $0.atMs - video.startMs })
                    #expect(try await Self.numbers(inspected).map { $0 * 100 } == times, "keyframes every \(distance)")
                    if distance == 20 {
                        #expect(times.count == video.keyframes)
                    } else {
                        // One for each 8 s: a quarter of the answer is less than ten seconds.
                        #expect(video.keyframes == 1 && times.count == 4)
                        for (time, moment) in zip(times, [0, 8_000, 16_000, 24_000]) { #expect((moment...moment + 500).contains(time)) }
                    }
                }
            }
        }
    }

    @Test func `Tiles have true times with a variable frame rate and a long stretch without keyframes`() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("a.mp4")
            // From 30 s on there is one frame in 2 s.
            let uneven = "select='lt(t,30)+not(mod(n,20))'"
            try await Self.draw(
                path, seconds: 60, filter: uneven,
                Generated.h264 + ["-g", "9999", "-force_key_frames", "0,3,6", "-sc_threshold", "0"])
            try await Inspected.with(path) { inspected in
                let times = try #require(inspected.report.artifacts.storyboard?.tiles.map(\.atMs))
                let truth = try await Self.numbers(inspected).map { $0 * 100 }
                #expect(times == truth)
                #expect(inspected.report.video?.keyframes == 3)
                // The three keyframes, and what they are too far from.
                #expect(times.count == 7 && times.dropFirst(3).allSatisfy { $0 % 10_000 < 2_000 })
            }
        }
    }

    @Test func `A clip that was cut behind its only keyframe has a poster and tiles of shown frames`() async throws {
        try await TemporaryFolder.with { folder in
            let whole = folder.appending("whole.mp4")
            let path = folder.appending("cut.mp4")
            try await Self.draw(whole, seconds: 20, Generated.h264 + ["-g", "9999"])
            try await FFmpegTool.make(path, ["-ss", "5", "-i", whole.string, "-c", "copy"])
            try await Inspected.with(path) { inspected in
                let video = try #require(inspected.report.video)
                let times = try #require(inspected.report.artifacts.storyboard?.tiles.map(\.atMs))
                #expect(times.count == 4 && inspected.report.artifacts.poster != nil)
                #expect(try await Self.numbers(inspected).map { $0 * 100 - 5_000 + video.startMs } == times)
            }
        }
    }

    @Test func `The poster of an answer with one black keyframe is a later picture`() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("fade.mp4")
            try await FFmpegTool.make(
                path,
                [
                    "-f", "lavfi", "-i", "testsrc2=size=320x240:rate=10:duration=8", "-vf",
                    "drawbox=w=iw:h=ih:t=fill:color=black:enable='lt(t,1)'",
                ]
                    + Generated.h264 + ["-g", "9999", "-x264-params", "scenecut=0"])
            let report = try await Inspected.report(of: path)
            #expect(report.video?.keyframes == 1)
            #expect(try #require(report.artifacts.poster?.atMs) >= 1_000)
            #expect(report.flag(.cameraCovered) == nil)
        }
    }

    @Test func `Decoding forward ends with its budget, which is shared between the stretches`() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("a.mp4")
            try await Self.draw(path, seconds: 60, Generated.h264 + ["-g", "300", "-keyint_min", "300", "-x264-params", "scenecut=0"])
            let recording = try FileDescriptor.open(path, .readOnly)
            defer { try? recording.close() }
            func demuxer() throws(FFmpegError) -> Demuxer {
                try Demuxer(recording, format: .mp4, limits: .init(streams: 4, pixels: 1 << 20))
            }
            let first = try demuxer()
            let stream = try #require(first.streams.first)
            let pictures = try PictureAnalyser(stream: stream, of: first, maxPixels: 1 << 20)
            let packet = try Packet()
            while try first.read(into: packet) { if packet.isKeyframe { pictures.add(packet, isShown: true) } }
            let plan = StoryboardPlan.stretches(gaps: pictures.keyframes.all, start: 0, end: 60_000_000, pictures: pictures.samples.count)
            #expect(plan.map { $0.moments.map { $0 / 1_000_000 } } == [[10, 20], [40, 50]])
            // 150 frames for each stretch: enough for 10 s, not for 20.
            try ForwardDecoding(try demuxer(), stream: stream, pictures: pictures, maxPixels: 1 << 20, budget: 300 * 160 * 120).look(
                at: plan)
            #expect(pictures.sheet?.tiles.map { $0.time / 1_000_000 } == [0, 10, 30, 40])
            #expect((300...306).contains(pictures.decodedPackets))
        }
    }

    @Test func `No moment is planned near a keyframe, and a long answer has no more moments than tiles`() {
        typealias Gap = KeyframeGaps.Gap
        func plan(_ keyframes: [Int], end: Int, hides: Int = 0) -> [Int] {
            var gaps = KeyframeGaps()
            for (index, time) in keyframes.enumerated() { gaps.add(Int64(time) * 1_000_000, isShown: index >= hides) }
            let stretches = StoryboardPlan.stretches(
                gaps: gaps.all, start: 0, end: Int64(end) * 1_000_000, pictures: keyframes.count - hides)
            return stretches.flatMap { $0.moments.map { Int($0 / 1_000_000) } }
        }
        #expect(plan(Array(stride(from: 0, to: 60, by: 3)), end: 60) == [])
        #expect(plan([0, 10, 21, 32, 43, 54], end: 60) == [])
        #expect(plan([0, 14, 34], end: 60) == [20, 40, 50])
        #expect(plan([0], end: 100) == [10, 20, 30, 40, 50, 60, 70, 80, 90])
        #expect(plan([0], end: 8) == [2, 4, 6])
        #expect(plan([-5, 34], end: 60, hides: 1) == [0, 10, 20, 40, 50])
        #expect(plan([0, 3], end: 4 * 3600).count == Storyboard.tilesAtMost - 1)
    }

    @Test func `A full sheet drops the tile whose neighbours are nearest to each other`() throws {
        var sheet = StoryboardSheet(size: DisplayedSize(codedWidth: 2, codedHeight: 2, sampleAspect: nil, orientation: .upright))
        let half = Storyboard.tilesAtMost / 2
        for number in 0..<2 * half where sheet.wantsNext() {
            sheet.add(.init(time: Int64(number < half ? number * 10 : half * 10 + number), picture: try .init(width: 2, height: 2)))
        }
        sheet.fill(.init(time: 10_000, picture: try .init(width: 2, height: 2)))
        #expect(sheet.tiles.count == Storyboard.tilesAtMost && sheet.tiles.last?.time == 10_000)
        #expect(sheet.tiles.filter { $0.time < half * 10 }.count == half)
    }
}
