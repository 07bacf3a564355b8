import Foundation
import Recordings
import SystemPackage
import TestSupport
import Testing

/// HLG and PQ recordings as phones make them: their poster and tiles look like those of an ordinary recording of the same scene.
@Suite(.tags(.media))
struct HighDynamicRangeTests {
    /// One patch of the drawn picture: the signal R'G'B' that is coded, and the sRGB bytes that are shown for it.
    ///
    /// The greys are BT.2408's: 38 % is the 18 % grey card (26 cd/m²), 75 % of HLG and 58 % of PQ are white paper (203 cd/m²),
    /// which keeps a tenth of the range above it for highlights. The bytes were computed apart from this code, from the formulas
    /// of BT.2100, BT.2087, BT.2390 and IEC 61966-2-1.
    typealias Patch = (signal: (r: Double, g: Double, b: Double), shown: [Int])

    private static func grey(_ signal: Double, _ shown: Int) -> Patch { ((signal, signal, signal), [shown, shown, shown]) }

    private static let hlg: [Patch] = [
        grey(0, 0), grey(0.38, 101), grey(0.5, 137), grey(0.75, 229), grey(1, 255), ((0.55, 0.4, 0.35), [167, 103, 93]),
        ((0.4, 0.55, 0.4), [77, 155, 107]), ((0.4, 0.4, 0.55), [104, 107, 149]),
    ]
    private static let pq: [Patch] = [
        grey(0, 0), grey(0.38, 100), grey(0.508, 186), grey(0.5807, 229), grey(0.7518, 255), ((0.45, 0.40, 0.38), [160, 107, 98]),
        ((0.40, 0.45, 0.40), [86, 146, 108]), ((0.38, 0.38, 0.46), [95, 100, 154]),
    ]

    /// Eight patches of 80x180 in two rows, in 10 bits, BT.2020's matrix, video range.
    static func draw(_ path: FilePath, _ patches: [Patch], _ arguments: [String]) async throws {
        func plane(_ code: (Patch) -> Double) -> String {
            let terms = patches.enumerated().map { index, patch in
                "\(Int(code(patch).rounded()))*eq(floor(X/W*4)+4*floor(Y/H*2),\(index))"
            }
            return "'" + terms.joined(separator: "+") + "'"
        }
        func luma(_ patch: Patch) -> Double { 0.2627 * patch.signal.r + 0.6780 * patch.signal.g + 0.0593 * patch.signal.b }
        let drawn =
            "nullsrc=size=320x360:rate=10:duration=1,format=yuv420p10le,geq="
            + "lum=\(plane { 64 + 876 * luma($0) }):cb=\(plane { 512 + 896 * ($0.signal.b - luma($0)) / 1.8814 })"
            + ":cr=\(plane { 512 + 896 * ($0.signal.r - luma($0)) / 1.4746 })"
        try await FFmpegTool.make(path, ["-f", "lavfi", "-i", drawn] + arguments)
    }

    static func hevc(_ transfer: String) -> [String] {
        [
            "-c:v", "libx265", "-preset", "ultrafast", "-tag:v", "hvc1", "-pix_fmt", "yuv420p10le", "-x265-params",
            "log-level=error:crf=4:colorprim=bt2020:transfer=\(transfer):colormatrix=bt2020nc",
        ]
    }

    /// The colour in the middle of each patch, in a picture of this size at the sheet's upper left.
    private static func patches(
        _ jpeg: FilePath, in folder: FilePath, sheetWidth: Int, width: Int, height: Int
    ) async throws -> [[Int]] {
        let rows = try await Generated.colors(jpeg, in: folder, width: sheetWidth)
        return (0..<8).map { index in rows[height * (2 * (index / 4) + 1) / 4][width * (2 * (index % 4) + 1) / 8] }
    }

    private func expectPatches(_ inspected: Inspected, _ expected: [Patch]) async throws {
        let poster = try #require(inspected.report.artifacts.poster)
        let sheet = try #require(inspected.report.artifacts.storyboard)
        for (kind, sheetWidth, width, height) in [
            (ArtifactKind.poster, poster.width, poster.width, poster.height),
            (.storyboard, sheet.width, sheet.tileWidth, sheet.tileHeight),
        ] {
            let seen = try await Self.patches(
                inspected.path(kind), in: inspected.folder, sheetWidth: sheetWidth, width: width, height: height)
            for (color, patch) in zip(seen, expected) {
                // JPEG's rounding, and the encoder's in the recording.
                #expect(zip(color, patch.shown).allSatisfy { abs($0 - $1) <= 4 }, "\(kind): \(patch.signal) is \(color)")
            }
        }
    }

    @Test(
        "HLG and PQ in HEVC, VP9 and AV1 are shown in their colours",
        arguments: [("hlg", "hevc"), ("hlg", "vp9"), ("hlg", "av1"), ("pq", "hevc"), ("pq", "vp9"), ("pq", "av1")])
    func showsColors(_ format: String, _ codec: String) async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending(codec == "hevc" ? "phone.mov" : "picture.webm")
            let transfer = format == "hlg" ? "arib-std-b67" : "smpte2084"
            // Newer versions of ffmpeg take the tags from the frames, older ones from the encoder's options.
            let frames = "setparams=color_trc=\(transfer):color_primaries=bt2020:colorspace=bt2020nc"
            let tags = [
                "-vf", frames, "-color_trc", transfer, "-color_primaries", "bt2020", "-colorspace", "bt2020nc", "-pix_fmt", "yuv420p10le",
            ]
            let encoders = [
                "hevc": Self.hevc(transfer), "vp9": ["-c:v", "libvpx-vp9", "-cpu-used", "8", "-crf", "4", "-b:v", "0"] + tags,
                "av1": ["-c:v", "libsvtav1", "-preset", "12", "-crf", "8"] + tags,
            ]
            let drawn = format == "hlg" ? Self.hlg : Self.pq
            try await Self.draw(path, drawn, encoders[codec] ?? [])
            try await Inspected.with(path) { inspected in
                let video = try #require(inspected.report.video)
                #expect(video.codec == codec && video.bitDepth == 10)
                #expect(video.hdr && video.hdrFormat?.rawValue == format)
                #expect(inspected.report.warnings.contains(.hdr))
                try await expectPatches(inspected, drawn)
            }
        }
    }

    @Test func `Colour tags that only the container has are used`() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("phone.mp4")
            // The bitstream has no colour tags; the `colr` box has.
            let tags = ["-color_trc", "arib-std-b67", "-color_primaries", "bt2020", "-colorspace", "bt2020nc", "-movflags", "write_colr"]
            let silent = folder.appending("silent.mp4")
            try await Self.draw(
                silent, Self.hlg,
                ["-c:v", "libx265", "-preset", "ultrafast", "-pix_fmt", "yuv420p10le", "-x265-params", "log-level=error:crf=4"])
            try await FFmpegTool.make(path, ["-i", silent.string, "-c", "copy", "-tag:v", "hvc1"] + tags)
            try await Inspected.with(path) { inspected in
                #expect(inspected.report.video?.hdrFormat == .hlg)
                try await expectPatches(inspected, Self.hlg)
            }
        }
    }

    @Test func `An iPhone's Dolby Vision is shown by its HLG base picture`() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("phone.mov")
            try await Self.draw(path, Self.hlg, Self.hevc("arib-std-b67"))
            try MovieEdit.addDolbyVision(profile: 8, compatibility: 4, to: path)
            try await Inspected.with(path) { inspected in
                #expect(inspected.report.video?.hdrFormat == .dolbyVision)
                #expect(inspected.report.warnings.contains(.hdr))
                try await expectPatches(inspected, Self.hlg)
            }
        }
    }

    @Test func `Dolby Vision without a compatible base picture is shown in grey`() async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("film.mp4")
            // The same code values would be colours in an ordinary coding.
            try await Self.draw(path, Self.pq, Self.hevc("undef"))
            try MovieEdit.addDolbyVision(profile: 5, compatibility: 0, to: path)
            try await Inspected.with(path) { inspected in
                #expect(inspected.report.video?.hdrFormat == .dolbyVision)
                let poster = try #require(inspected.report.artifacts.poster)
                let seen = try await Self.patches(
                    inspected.path(.poster), in: inspected.folder, sheetWidth: poster.width, width: poster.width, height: poster.height)
                for color in seen { #expect(color.allSatisfy { abs($0 - color[0]) <= 2 }, "\(color)") }
                for (color, patch) in zip(seen, Self.pq).prefix(5) { #expect(abs(color[0] - patch.shown[0]) <= 4) }
            }
        }
    }

    /// A way to write colours as numbers, by FFmpeg's and x265's names.
    struct Coding: Sendable, CustomTestStringConvertible {
        var format = "yuv420p"
        var matrix = "bt709"
        var isFullRange = false

        var testDescription: String { "\(format), \(matrix), \(isFullRange ? "full" : "video") range" }
    }

    @Test(
        "An ordinary recording's colours stay what they are, however they are written",
        arguments: [
            Coding(), Coding(format: "yuv420p10le"), Coding(format: "yuv444p"), Coding(isFullRange: true), Coding(matrix: "smpte170m"),
            Coding(matrix: "smpte170m", isFullRange: true), Coding(matrix: "smpte240m"), Coding(matrix: "bt2020nc"),
        ])
    func leavesOrdinaryColors(_ coding: Coding) async throws {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("ordinary.mp4")
            let wanted = [[200, 60, 60], [60, 200, 60], [60, 60, 200], [128, 128, 128], [235, 235, 235], [30, 30, 30]]
            let drawn = wanted.enumerated().map { index, color in
                "drawbox=x=\(index * 60):w=60:h=240:t=fill:color=0x" + color.map { String($0, radix: 16) }.joined()
            }
            let (matrix, range) = (coding.matrix == "bt2020nc" ? "bt2020" : coding.matrix, coding.isFullRange ? "full" : "limited")
            try await FFmpegTool.make(
                path,
                [
                    "-f", "lavfi", "-i", "color=black:size=360x240:rate=10:duration=1,format=gbrp," + drawn.joined(separator: ","), "-vf",
                    "scale=out_color_matrix=\(matrix):out_range=\(range),format=\(coding.format)", "-c:v", "libx265", "-preset",
                    "ultrafast",
                    "-x265-params",
                    "log-level=error:crf=4:colorprim=bt709:transfer=bt709:colormatrix=\(coding.matrix):range=\(range)",
                ])
            try await Inspected.with(path) { inspected in
                #expect(inspected.report.video?.hdrFormat == nil && inspected.report.video?.hdr == false)
                #expect(!inspected.report.warnings.contains(.hdr))
                let rows = try await Generated.colors(inspected.path(.poster), in: inspected.folder, width: 360)
                for (index, color) in wanted.enumerated() {
                    let seen = rows[120][index * 60 + 30]
                    #expect(zip(seen, color).allSatisfy { abs($0 - $1) <= 4 }, "\(color) is \(seen)")
                }
            }
        }
    }
}
