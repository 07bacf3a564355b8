import Foundation
import Recordings
import SystemPackage
import TestSupport
import Testing

/// Phones that are held upright, upside down or in selfie mode, pixels that are not square, fields, and transparency: what is shown
/// is what a player shows.
@Suite(.tags(.media))
struct OrientationTests {
    struct Turn: Sendable, CustomTestStringConvertible {
        var matrix: (a: Int32, b: Int32, c: Int32, d: Int32)
        var rotation: Int
        var mirrored: Bool

        var testDescription: String { mirrored ? "mirrored, then \(rotation)°" : "\(rotation)°" }
        var isSideways: Bool { matrix.a == 0 }

        /// All eight ways in which a rectangle can lie.
        static let all = [
            Turn(matrix: (1, 0, 0, 1), rotation: 0, mirrored: false), Turn(matrix: (0, 1, -1, 0), rotation: 90, mirrored: false),
            Turn(matrix: (-1, 0, 0, -1), rotation: 180, mirrored: false), Turn(matrix: (0, -1, 1, 0), rotation: 270, mirrored: false),
            Turn(matrix: (-1, 0, 0, 1), rotation: 0, mirrored: true), Turn(matrix: (0, -1, -1, 0), rotation: 90, mirrored: true),
            Turn(matrix: (1, 0, 0, -1), rotation: 180, mirrored: true), Turn(matrix: (0, 1, 1, 0), rotation: 270, mirrored: true),
        ]
    }

    /// The brightness of the coded picture's quarters, by their direction from its middle.
    private static let quarters: [(x: Int, y: Int, luma: Int)] = [(-1, -1, 240), (1, -1, 180), (-1, 1, 120), (1, 1, 50)]

    @Test("The display matrix turns and mirrors the poster, the tiles and the size", arguments: Turn.all)
    func turns(_ turn: Turn) async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("phone.mp4")
            let boxes = Self.quarters.map { quarter in
                let grey = String(repeating: String(quarter.luma, radix: 16), count: 3)
                return "drawbox=x=\(quarter.x < 0 ? 0 : 160):y=\(quarter.y < 0 ? 0 : 120):w=160:h=120:t=fill:color=0x\(grey)"
            }
            let drawn = "color=black:size=320x240:rate=10:duration=1,format=gbrp," + boxes.joined(separator: ",")
            try await FFmpegTool.make(path, ["-f", "lavfi", "-i", drawn] + Generated.h264 + ["-crf", "4"])
            try MovieEdit.setMatrix(path, a: turn.matrix.a, b: turn.matrix.b, c: turn.matrix.c, d: turn.matrix.d)
            try await Inspected.with(path) { inspected in
                let video = try #require(inspected.report.video)
                #expect((video.rotation, video.mirrored) == (turn.rotation, turn.mirrored))
                #expect((video.width, video.height) == (turn.isSideways ? (240, 320) : (320, 240)))
                #expect((video.codedWidth, video.codedHeight) == (320, 240))
                let poster = try #require(inspected.report.artifacts.poster)
                let sheet = try #require(inspected.report.artifacts.storyboard)
                #expect((poster.width, poster.height) == (video.width, video.height))
                #expect((sheet.tileWidth, sheet.tileHeight) == (turn.isSideways ? (120, 160) : (160, 120)))
                // Of the sheet, its first tile.
                for (kind, sheetWidth, width, height) in [
                    (ArtifactKind.poster, poster.width, poster.width, poster.height),
                    (.storyboard, sheet.width, sheet.tileWidth, sheet.tileHeight),
                ] {
                    let luma = try await Generated.luma(inspected.path(kind), in: inspected.folder, width: sheetWidth)
                    for quarter in Self.quarters {
                        // Where the matrix puts it, by its definition.
                        let x = Int(turn.matrix.a) * quarter.x + Int(turn.matrix.c) * quarter.y
                        let y = Int(turn.matrix.b) * quarter.x + Int(turn.matrix.d) * quarter.y
                        let seen = Int(luma[height * (2 + y) / 4][width * (2 + x) / 4])
                        #expect(abs(seen - quarter.luma) <= 4, "\(kind): the quarter \(quarter) is \(seen)")
                    }
                }
                #expect(inspected.report.artifacts.playback != nil)
            }
        }
    }

    @Test func `A picture with oblong pixels is shown at its true shape`() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("dv.mp4")
            try await FFmpegTool.make(
                path, ["-f", "lavfi", "-i", "testsrc2=size=320x240:rate=10:duration=2", "-vf", "setsar=4/3"] + Generated.h264)
            let report = try await Inspected.report(of: path)
            #expect(report.video?.width == 427 && report.video?.height == 240)
            #expect(report.artifacts.poster?.width == 427)
            #expect(report.artifacts.storyboard?.tileWidth == 160 && report.artifacts.storyboard?.tileHeight == 90)
        }
    }

    @Test func `A moving edge of an interlaced picture shows no comb`() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("camcorder.mp4")
            // A bar that moves 32 pixels between one field and the next.
            let drawn = "color=black:size=720x480:rate=50:duration=1[b];color=white:size=120x480:rate=50[w];[b][w]overlay=x=32*n:shortest=1"
            try await FFmpegTool.make(
                path,
                ["-f", "lavfi", "-i", drawn + ",interlace"] + Generated.h264 + ["-crf", "4", "-flags", "+ildct", "-x264-params", "tff=1"])
            try await Inspected.with(path) { inspected in
                let poster = try #require(inspected.report.artifacts.poster)
                #expect((poster.width, poster.height) == (720, 480))
                let luma = try await Generated.luma(inspected.path(.poster), in: inspected.folder, width: 720)
                // Each column is of one brightness from top to bottom.
                let uneven = (0..<720).count { column in
                    let values = stride(from: 8, to: 472, by: 1).map { Int(luma[$0][column]) }
                    return (values.max() ?? 0) - (values.min() ?? 0) > 60
                }
                #expect(uneven == 0)
            }
        }
    }

    @Test("Transparency is ignored: the colours below it are shown", arguments: ["libvpx", "libvpx-vp9"])
    func ignoresAlpha(_ encoder: String) async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("canvas.webm")
            // Wholly transparent on the left, half transparent on the right.
            let drawn =
                "color=0xC08040:size=320x240:rate=10:duration=1,format=yuva420p,geq=lum='p(X,Y)':cb='p(X,Y)':cr='p(X,Y)':a='128*gte(X,160)'"
            try await FFmpegTool.make(
                path, ["-f", "lavfi", "-i", drawn, "-c:v", encoder, "-auto-alt-ref", "0", "-b:v", "1M", "-pix_fmt", "yuva420p"])
            try await Inspected.with(path) { inspected in
                let rows = try await Generated.colors(inspected.path(.poster), in: inspected.folder, width: 320)
                for x in [40, 280] {
                    #expect(zip(rows[120][x], [0xC0, 0x80, 0x40]).allSatisfy { abs($0 - $1) <= 6 }, "\(rows[120][x])")
                }
            }
        }
    }
}
