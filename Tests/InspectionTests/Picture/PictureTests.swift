import Foundation
import Recordings
import SystemPackage
import TestSupport
import Testing

@Suite(.tags(.media))
struct PictureTests {
    @Test(
        "Every tile carries the time of a keyframe, in order",
        arguments: ["chrome-vp8-opus.webm", "chrome-av1-opus.webm", "chrome-h264-opus.mp4"])
    func tilesHaveTrueTimes(_ name: String) async throws {
        let path = Fixtures.recording(name)
        let storyboard = try #require(try await Inspected.report(of: path).artifacts.storyboard)
        let packets = try await FFmpegTool.probe(path, entries: "packet=pts_time,flags", ["-select_streams", "v"])
        let keyframes = packets.filter { $0.count >= 2 && $0[1].hasPrefix("K") }.compactMap { Double($0[0]) }
        #expect(storyboard.tiles.map(\.atMs) == keyframes.map { Int(($0 * 1000).rounded()) })
        #expect(storyboard.columns == 10 && storyboard.tileWidth == 160 && storyboard.tileHeight == 120)
        #expect(storyboard.width == 160 * storyboard.tiles.count && storyboard.height == 120)
    }

    @Test func `A tile shows the frame of its time, in its colours`() async throws {
        try await Inspected.with(Fixtures.recording("chrome-vp8-opus.webm")) { inspected in
            let storyboard = try #require(inspected.report.artifacts.storyboard)
            let sheet = try await Generated.luma(inspected.path(.storyboard), in: inspected.folder, width: storyboard.width)
            for (number, tile) in storyboard.tiles.enumerated() {
                let frame = inspected.folder.appending("frame.jpg")
                try await FFmpegTool.make(
                    frame,
                    [
                        "-i", Fixtures.recording("chrome-vp8-opus.webm").string, "-vf",
                        "select='gte(t,\(Double(tile.atMs) / 1000 - 0.0005))',scale=160:120:flags=bilinear:out_range=full", "-frames:v",
                        "1",
                        "-q:v", "2",
                    ])
                let expected = try await Generated.luma(frame, in: inspected.folder, width: 160)
                var difference = 0
                for row in 0..<120 {
                    for column in 0..<160 {
                        difference += abs(Int(expected[row][column]) - Int(sheet[row][number * 160 + column]))
                    }
                }
                #expect(Double(difference) / (160 * 120) < 4, "tile \(number)")
            }
        }
    }

    @Test func `When there are more keyframes than tiles, the tiles stay even in time and no more than there may be`() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("many.mp4")
            try await FFmpegTool.make(
                path, ["-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=26"] + Generated.h264 + ["-g", "1"])
            let report = try await Inspected.report(of: path)
            #expect(report.video?.keyframes == 260)
            let times = try #require(report.artifacts.storyboard?.tiles.map(\.atMs))
            #expect(times.count <= Storyboard.tilesAtMost && times.count >= Storyboard.tilesAtMost / 2)
            #expect(Set(zip(times, times.dropFirst()).map { $1 - $0 }).count == 1)
            #expect(try #require(times.last) > 24_000)
        }
    }

    @Test func `The poster is neither black nor blurred where there is a better frame, and not larger than it may be`() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("fade.mp4")
            // Black for a second, blurred for a second, then sharp; a keyframe each second.
            let drawn = "testsrc2=size=1920x1080:rate=4:duration=4"
            let looks = "boxblur=luma_radius=40:luma_power=2:enable='lt(t,1.9)',drawbox=w=iw:h=ih:t=fill:color=black:enable='lt(t,0.9)'"
            try await FFmpegTool.make(path, ["-f", "lavfi", "-i", drawn, "-vf", looks] + Generated.h264 + ["-g", "4"])
            let report = try await Inspected.report(of: path)
            let poster = try #require(report.artifacts.poster)
            #expect(poster.atMs >= 2_000)
            #expect((poster.width, poster.height) == (Poster.longestSide, Poster.longestSide * 9 / 16))
        }
    }

    @Test func `Reordered frames are counted and timed in the order in which they are shown`() async throws {
        try await TemporaryFolder.with { folder in
            for name in ["b.mp4", "b.mkv"] {
                let path = folder.appending(name)
                try await FFmpegTool.make(path, Generated.picture + ["-c:v", "libx264", "-bf", "3", "-g", "20", "-pix_fmt", "yuv420p"])
                try await Inspected.with(path) { inspected in
                    let video = try #require(inspected.report.video)
                    #expect(video.frames == 80 && video.frameGapMs == .init(median: 50, p95: 50, max: 50))
                    #expect(inspected.report.artifacts.storyboard?.tiles.map(\.atMs) == [0, 1000, 2000, 3000])
                    let copied = try await FFmpegTool.probe(inspected.path(.playback), entries: "packet=pts_time")
                    let times = copied.compactMap { $0.first.flatMap(Double.init) }.sorted()
                    #expect(times.count == 80 && times.first == 0 && times.last == 3.95)
                }
            }
        }
    }

    @Test func `A clip that was trimmed without a keyframe keeps its picture, and labels no hidden frame`() async throws {
        try await TemporaryFolder.with { folder in
            let whole = folder.appending("whole.mp4")
            let path = folder.appending("trimmed.mp4")
            try await FFmpegTool.make(whole, Generated.picture + Generated.tone + Generated.h264 + ["-g", "60"])
            // The only keyframes lie at 0 s, before the cut, and at 3 s.
            try await FFmpegTool.make(path, ["-ss", "1.5", "-i", whole.string, "-c", "copy"])
            try await Inspected.with(path) { inspected in
                #expect(abs(try #require(inspected.report.durationMs) - 2500) <= 40)
                #expect(inspected.report.faults.isEmpty)
                let video = try #require(inspected.report.video)
                #expect(video.sizes == [.init(atMs: video.startMs, width: 320, height: 240)])
                // The sound's frames do not end where the cut is, so it begins a little before the picture.
                // What the hidden keyframe leads to is shown, from the cut on; it itself is not.
                let tiles = try #require(inspected.report.artifacts.storyboard?.tiles.map { $0.atMs - video.startMs })
                #expect(tiles == [0, 650, 1500, 1900])
                let frames = try await FFmpegTool.probe(
                    inspected.path(.playback), entries: "stream=nb_read_frames", ["-count_frames", "-select_streams", "v"])
                #expect(frames.first?.first == "50")
            }
        }
    }
}
