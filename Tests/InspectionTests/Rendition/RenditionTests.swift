import Foundation
import Recordings
import SystemPackage
import TestSupport
import Testing

@Suite("A rendition", .tags(.media))
struct RenditionTests {
    private static let hevc = ["-c:v", "libx265", "-preset", "ultrafast", "-x265-params", "log-level=none", "-tag:v", "hvc1"]
    private static let aac = ["-c:a", "aac"]

    private static func picture(_ size: String, rate: String, seconds: Double = 4) -> [String] {
        ["-f", "lavfi", "-i", "testsrc2=size=\(size):rate=\(rate):duration=\(seconds)"]
    }

    private static func tone(_ rate: Int, seconds: Double = 4) -> [String] {
        ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=\(rate):duration=\(seconds)"]
    }

    @Test("of any recording is H.264 and AAC in MP4, in a size and at a rate that every browser plays")
    func form() async throws {
        typealias Kind = (name: String, arguments: [String], size: String, rate: String, channels: String)
        let kinds: [Kind] = [
            (
                "phone.mp4", Self.picture("1920x1080", rate: "60", seconds: 2) + Self.tone(44_100, seconds: 2) + Self.hevc + Self.aac,
                "1280,720", "30/1", "1"
            ),
            ("ten-bit.mp4", Self.picture("642x362", rate: "25") + Self.hevc + ["-pix_fmt", "yuv420p10le"], "642,362", "25/1", ""),
            (
                "old.mov", Self.picture("640x480", rate: "15") + Self.tone(8_000) + ["-c:v", "mjpeg", "-c:a", "pcm_s16be", "-ac", "2"],
                "640,480", "15/1", "2"
            ),
            (
                "divx.mkv",
                Self.picture("320x240", rate: "30000/1001") + Self.tone(48_000)
                    + ["-c:v", "mpeg4", "-bf", "2", "-c:a", "ac3", "-ac", "6"], "320,240", "30000/1001", "2"
            ),
            (
                "editor.mov", Self.picture("320x240", rate: "25") + ["-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv422p10le"],
                "320,240", "25/1", ""
            ),
            ("feature.3gp", Self.picture("176x144", rate: "12") + Self.tone(16_000) + ["-c:v", "h263"] + Self.aac, "176,144", "12/1", "1"),
        ]
        for kind in kinds {
            try await Rendered.with(kind.name, kind.arguments) { rendered in
                let rendition = try #require(rendered.report.rendition, "\(kind.name): \(rendered.report)")
                #expect(rendition.file.mediaType == "video/mp4")
                let form = try await rendered.stream("v", "codec_name,profile,pix_fmt,color_range")
                #expect(form == ["h264", "High", "yuv420p", "tv"], "\(kind.name)")
                #expect(try await rendered.stream("v", "width,height").joined(separator: ",") == kind.size, "\(kind.name)")
                #expect("\(rendition.width ?? 0),\(rendition.height ?? 0)" == kind.size)
                #expect(try await rendered.stream("v", "r_frame_rate") == [kind.rate], "\(kind.name)")
                let sound = try await rendered.stream("a", "codec_name,sample_rate,channels").joined(separator: ",")
                #expect(sound == (kind.channels.isEmpty ? "" : "aac,48000,\(kind.channels)"), "\(kind.name)")
            }
        }
    }

    @Test("has frames at one constant rate, and a keyframe every two seconds", arguments: ["30", "25", "20"])
    func constantRate(_ rate: String) async throws {
        try await Rendered.with("a.mp4", Self.picture("320x240", rate: rate, seconds: 7) + Self.hevc) { rendered in
            let frames = try await rendered.frames()
            let step = 1000 / Double(rate)!
            #expect(frames.count == 7 * Int(rate)!)
            for (index, frame) in frames.enumerated() { #expect(abs(frame.ms - Double(index) * step) < 1, "frame \(index) at \(frame.ms)") }
            #expect(frames.filter(\.isKeyframe).map { $0.ms.rounded() } == [0, 2000, 4000, 6000])
        }
    }

    @Test("shows frames of a variable rate at their times")
    func variableRate() async throws {
        // As a phone in the dark: 30, then 10 frames a second, then nothing for a second.
        let uneven = ["-vf", "select='lt(t,2)+gte(t,2)*lt(t,4)*not(mod(n,3))+gte(t,5)',\(Self.flash(at: 3))", "-fps_mode", "vfr"]
        try await Rendered.with("a.mp4", Self.picture("320x240", rate: "30", seconds: 6) + uneven + Self.hevc) { rendered in
            let frames = try await rendered.frames()
            #expect(try await rendered.stream("v", "r_frame_rate") == ["30/1"])
            #expect(abs(frames.count - 180) <= 1, "\(frames.count)")
            #expect(zip(frames, frames.dropFirst()).allSatisfy { abs($1.ms - $0.ms - 1000 / 30) < 1 })
        }
    }

    /// Black but for a fifth of a second.
    private static func flash(at second: Double) -> String {
        "drawbox=enable='not(between(t,\(second),\(second + 0.2)))':color=black:t=fill"
    }

    @Test("keeps flash and beep together within a frame, however late either begins", arguments: [(0.0, 0.0), (0.7, 0.0), (0.0, 0.45)])
    func sync(picture late: Double, sound later: Double) async throws {
        let lit = "color=white:size=320x240:rate=25:duration=5,\(Self.flash(at: 2))"
        let beep = "aevalsrc='if(between(t,2,2.2),0.5*sin(6283*t),0)':duration=5:sample_rate=44100"
        // What is cut off in front makes the stream begin late; what is left keeps its time.
        let cut = ["-vf", "trim=start=\(late)", "-af", "atrim=start=\(later)"]
        let arguments = ["-copyts", "-f", "lavfi", "-i", lit, "-f", "lavfi", "-i", beep] + cut + Self.hevc
        for (name, sound) in [("a.mkv", ["-c:a", "ac3"]), ("a.mov", ["-c:a", "pcm_s16le"])] {
            try await Rendered.with(name, arguments + sound) { rendered in
                let (flash, beep) = try await rendered.flashAndBeep()
                #expect(abs(flash - 2000) <= 40 && abs(beep - 2000) <= 40, "\(name): flash at \(flash), beep at \(beep) ms")
                let (duration, said) = (try await rendered.durationMs(), Double(rendered.report.rendition?.durationMs ?? 0))
                #expect(abs(duration - 5000) <= 40 && abs(said - 5000) <= 40, "\(name): \(duration) ms long, \(said) said")
            }
        }
    }

    @Test("keeps sound after a hole at its time")
    func hole() async throws {
        let beep = "aevalsrc='if(between(t,4,4.2),0.5*sin(6283*t),0)':duration=6:sample_rate=44100"
        let arguments = [
            "-f", "lavfi", "-i", "color=white:size=320x240:rate=25:duration=6,\(Self.flash(at: 4))", "-f", "lavfi", "-i", beep, "-af",
            "aselect='not(between(t,1,3))'",
        ]
        try await Rendered.with("a.mkv", arguments + Self.hevc + ["-c:a", "ac3"]) { rendered in
            let (flash, beep) = try await rendered.flashAndBeep()
            #expect(abs(flash - beep) <= 40, "flash at \(flash), beep at \(beep) ms")
        }
    }

    @Test("is turned upright", arguments: [0, 90, 180, 270])
    func rotation(_ degrees: Int) async throws {
        let (a, b): (Int32, Int32) = [0: (1, 0), 90: (0, 1), 180: (-1, 0), 270: (0, -1)][degrees] ?? (1, 0)
        // White above, black below, as it lies in the file.
        let source = ["-f", "lavfi", "-i", "color=white:size=320x240:rate=10:duration=1,drawbox=y=120:h=120:color=black:t=fill"]
        let turn: (FilePath) throws -> Void = { try MovieEdit.setMatrix($0, a: a, b: b, c: -b, d: a) }
        try await Rendered.with("a.mp4", source + Self.hevc, changed: turn) { rendered in
            #expect(rendered.report.rendition?.width == (degrees % 180 == 0 ? 320 : 240))
            #expect(try await FFmpegTool.probe(rendered.path, entries: "stream_side_data=rotation").flatMap { $0 }.allSatisfy(\.isEmpty))
            try await TemporaryFolder.with { folder in
                let still = folder.appending("still.jpg")
                try await FFmpegTool.make(still, ["-i", rendered.path.string, "-frames:v", "1"])
                let width = degrees % 180 == 0 ? 320 : 240
                let rows = try await Generated.luma(still, in: folder, width: width)
                let (middle, row) = (width / 2, rows.count / 2)
                let bright = [rows[10][middle], rows[row][width - 10], rows[rows.count - 10][middle], rows[row][10]]
                // Above, right, below, left: the white side has gone round with the clock.
                let side = bright.indices.filter { $0 % 2 == degrees / 90 % 2 }.max { bright[$0] < bright[$1] }
                #expect(side == degrees / 90, "\(bright)")
            }
        }
    }

    @Test("of a sound recording has sound only")
    func soundAlone() async throws {
        try await Rendered.with("a.mp4", Self.tone(8_000) + ["-c:a", "ac3"]) { rendered in
            let rendition = try #require(rendered.report.rendition)
            #expect(rendition.file.mediaType == "audio/mp4" && rendition.width == nil)
            #expect(abs(rendition.durationMs - 4000) <= 100)
        }
    }

    @Test("begins with its index, and has no metadata of the person or device")
    func metadata() async throws {
        let secrets = [
            "-metadata", "title=Secretly", "-metadata", "location=+52.5200+013.4050/", "-metadata", "creation_time=2026-01-02T03:04:05Z",
            "-metadata:s:v", "handler_name=Phone of Ada", "-metadata:s:v", "language=deu",
        ]
        try await Rendered.with("a.mov", Self.picture("320x240", rate: "20", seconds: 1) + Self.hevc + secrets) { rendered in
            let bytes = try Data(contentsOf: URL(filePath: rendered.path.string))
            let index = try #require(bytes.range(of: Data("moov".utf8)))
            let media = try #require(bytes.range(of: Data("mdat".utf8)))
            #expect(index.lowerBound < media.lowerBound)
            for word in ["Secretly", "52.5", "Ada", "deu", "Lavf", "Lavc"] { #expect(bytes.range(of: Data(word.utf8)) == nil, "\(word)") }
            #expect(try await FFmpegTool.probe(rendered.path, entries: "format_tags=creation_time,title,location").isEmpty)
        }
    }

    @Test("is not made beyond a limit or of undecodable streams")
    func obstacles() async throws {
        let source = Self.picture("320x240", rate: "20", seconds: 2) + Self.hevc
        func obstacle(_ change: (inout InspectionLimits) -> Void, spoiled: Bool = false) async throws -> RenditionReport.Obstacle? {
            var limits = InspectionLimits()
            change(&limits)
            var found: RenditionReport.Obstacle?
            let spoil: (FilePath) throws -> Void = { path in
                guard spoiled else { return }
                let file = try FileDescriptor.open(path, .readWrite)
                defer { try? file.close() }
                let size = try file.seek(offset: 0, from: .end)
                // All but the header in front and the index behind.
                try file.writeAll(toAbsoluteOffset: 48, [UInt8](repeating: 0xFF, count: Int(size) - 4096))
            }
            try await Rendered.with("a.mp4", source, limits: limits, changed: spoil) { rendered in found = rendered.report.obstacle }
            return found
        }
        #expect(try await obstacle { _ in } == nil)
        #expect(try await obstacle { $0.packets = 10 } == .limit)
        #expect(try await obstacle { $0.durationSeconds = 1 } == .limit)
        #expect(try await obstacle { $0.artifactBytes = 10_000 } == .limit)
        #expect(try await obstacle { $0.recordingBytes = 10_000 } == .limit)
        #expect(try await obstacle({ _ in }, spoiled: true) == .notDecodable)
    }
}
