import Foundation
import Recordings
import SystemPackage
import TestSupport
import Testing

/// A valid recording with unusual times, as browsers, phones and editors write them.
struct TimedRecording: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var file: String
    var arguments: [String]
    /// A change afterwards, by `ffmpeg`'s arguments behind its input, or of its bytes.
    var copied: [String]?
    var changed: (@Sendable ([UInt8]) throws -> [UInt8])?
    /// The warnings that are expected; never a fault.
    var warnings: Set<Flag.Name> = []
    /// The streams that are inspected, where the file has others too.
    var streams: Set<Int>?

    private init(
        _ description: String, _ file: String, _ arguments: [String], copied: [String]? = nil, warnings: Set<Flag.Name> = [],
        streams: Set<Int>? = nil, changed: (@Sendable ([UInt8]) throws -> [UInt8])? = nil
    ) {
        testDescription = description
        self.file = file
        self.arguments = arguments
        self.copied = copied
        self.changed = changed
        self.warnings = warnings
        self.streams = streams
    }

    /// Makes it and lends it.
    func with(_ body: (FilePath) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            var path = folder.appending(file)
            try await FFmpegTool.make(path, arguments)
            if let copied {
                let source = path
                path = folder.appending("copied-" + file)
                // What comes before the input, as `-ss`, and what comes behind it.
                let input = copied.firstIndex(of: "-i") ?? 0
                try await FFmpegTool.make(path, copied[..<input] + ["-i", source.string] + copied[input...].dropFirst())
            }
            if let changed { try Data(changed(Fixtures.bytes(at: path))).write(to: URL(filePath: path.string)) }
            try await body(path)
        }
    }

    private static let picture = ["-f", "lavfi", "-i", "testsrc2=size=160x120:rate=20:duration=4"]
    private static let tone = ["-f", "lavfi", "-i", "sine=frequency=440:sample_rate=48000:duration=4"]
    private static let both = picture + tone
    private static let vp8 = ["-c:v", "libvpx", "-deadline", "realtime", "-cpu-used", "8", "-g", "40", "-c:a", "libopus"]
    private static let h264 = Generated.h264 + ["-g", "20", "-c:a", "aac"]
    /// Frames that are shown in another order than they are stored in.
    private static let reordered = ["-c:v", "libx264", "-preset", "veryfast", "-bf", "2", "-g", "20", "-pix_fmt", "yuv420p", "-c:a", "aac"]
    private static let fragments = ["-movflags", "frag_keyframe+empty_moov+default_base_moof"]

    /// The same input twice, the second with its times moved.
    private static func late(_ seconds: Double, sound: Bool) -> [String] {
        (sound ? picture : ["-itsoffset", "\(seconds)"] + picture) + (sound ? ["-itsoffset", "\(seconds)"] + tone : tone)
    }

    private static func dropped(_ expression: String) -> String { "noise=drop='\(expression)'" }

    static let all = offsets + edits + jitter + unevenness + tracks

    private static let offsets = [
        TimedRecording("sound 0.3 s late, in WebM", "a.webm", late(0.3, sound: true) + vp8),
        TimedRecording("sound 0.3 s late, in MP4", "a.mp4", late(0.3, sound: true) + h264),
        TimedRecording("sound 0.3 s late, in fragments", "a.mp4", late(0.3, sound: true) + h264 + fragments),
        TimedRecording("the picture 0.3 s late, in MP4", "a.mp4", late(0.3, sound: false) + reordered),
        TimedRecording("the picture 0.3 s late, in a transport stream", "a.ts", late(0.3, sound: false) + reordered),
        TimedRecording(
            "a thousand seconds from zero, in WebM", "a.webm", both + vp8, copied: ["-i", "-c", "copy", "-output_ts_offset", "1000"]),
        TimedRecording(
            "half a day from zero, in Matroska", "a.mkv", both + reordered, copied: ["-i", "-c", "copy", "-output_ts_offset", "43200"]),
        TimedRecording(
            "a thousand seconds from zero, in fragments", "a.mp4", both + h264 + fragments + ["-video_track_timescale", "48000"]
        ) {
            try MovieEdit.delayed($0, byTicks: 48_000_000)
        },
        TimedRecording("a thousand seconds from zero, in Ogg", "a.ogg", tone + ["-c:a", "libopus", "-output_ts_offset", "1000"]),
        TimedRecording(
            "over the end of a transport stream's clock", "a.ts", both + reordered,
            copied: ["-i", "-c", "copy", "-copyts", "-muxdelay", "0", "-output_ts_offset", "95440.7"]),
    ]

    private static let edits = [
        TimedRecording("cut behind a keyframe, in MP4", "a.mp4", both + h264 + ["-g", "60"], copied: ["-ss", "1.5", "-i", "-c", "copy"]),
        TimedRecording(
            "cut behind a keyframe, in QuickTime", "a.mov", both + reordered + ["-g", "60"], copied: ["-ss", "1.5", "-i", "-c", "copy"]),
        TimedRecording("cut at the end", "a.mp4", both + reordered, copied: ["-i", "-c", "copy", "-t", "3.3"]),
        TimedRecording("a piece cut out of the middle", "a.mp4", both + h264 + ["-video_track_timescale", "48000"]) {
            try MovieEdit.edited($0, [(0, 1000), (2000, 2000)], timescale: 48_000)
        },
        TimedRecording("without an edit list", "a.mp4", both + reordered + ["-use_editlist", "0"]),
        TimedRecording("with negative composition offsets", "a.mp4", both + reordered + ["-movflags", "negative_cts_offsets"]),
        TimedRecording("with the index in front", "a.mp4", both + reordered + ["-movflags", "faststart"]),
        TimedRecording("a fragment for each frame", "a.mp4", both + h264 + ["-movflags", "frag_every_frame+empty_moov"]),
        TimedRecording("fragments as in DASH", "a.mp4", both + reordered + ["-movflags", "dash+frag_keyframe+empty_moov"]),
    ]

    private static let jitter = [
        TimedRecording("a claimed rate of 1000 frames a second", "a.webm", both + vp8) {
            try MatroskaEdit.claimed(frameNs: 1_000_000, in: $0)
        },
        TimedRecording("frames with the time of the one before", "a.webm", both + vp8) {
            MatroskaEdit.retimed($0) { $0 == 1 && $1 % 3 == 2 ? $2 - 50 : $2 }
        },
        TimedRecording("frames that go back in time", "a.webm", both + vp8) {
            MatroskaEdit.retimed($0) { $0 == 1 && $1 % 5 == 4 ? $2 - 70 : $2 }
        },
        TimedRecording("sound in bursts of equal times", "a.webm", both + vp8) {
            MatroskaEdit.retimed($0) { $0 == 2 ? $2 / 60 * 60 : $2 }
        },
        TimedRecording("sound whose times run to and fro", "a.webm", both + vp8) {
            MatroskaEdit.retimed($0) { $0 == 2 ? $2 + [0, 35, -15, 20, 40][$1 % 5] : $2 }
        },
        TimedRecording(
            "Opus that sends next to nothing in pauses", "a.webm",
            picture + ["-f", "lavfi", "-i", "aevalsrc='0.2*sin(2*PI*300*t)*(lt(t,1)+gt(t,3))':sample_rate=48000:duration=4"] + vp8
                + ["-bsf:a", dropped("between(pts*tb,1.1,2.9)*mod(n,20)")]),
    ]

    private static let unevenness =
        ["mp4", "mkv", "ts"].map { ending in
            TimedRecording(
                "a variable frame rate, in .\(ending)", "a.\(ending)",
                both + ["-vf", "select='lt(t,1)+gt(t,1.4)*not(mod(n,2))'", "-fps_mode", "vfr"] + reordered)
        } + [
            TimedRecording("a slow screen recording", "a.webm", both + ["-r", "4"] + vp8, warnings: [.lowFrameRate]),
            TimedRecording(
                "keyframes 3 to 100 s apart", "a.webm",
                [
                    "-f", "lavfi", "-i", "testsrc2=size=64x48:rate=10:duration=150", "-f", "lavfi", "-i",
                    "sine=sample_rate=48000:duration=150", "-ac", "1",
                ] + vp8
                    + ["-g", "9999", "-force_key_frames", "0,3,13,43,143"]),
            TimedRecording(
                "a pause that was not cut out, in WebM", "a.webm", both + vp8 + ["-g", "10"],
                copied: ["-i", "-c", "copy", "-bsf", dropped("between(pts*tb,1.01,2.49)")], warnings: [.dataMissing]),
            TimedRecording(
                "a pause that was not cut out, in MP4", "a.mp4", both + h264 + ["-g", "10"],
                copied: ["-i", "-c", "copy", "-bsf", dropped("between(pts*tb,1.01,2.49)")], warnings: [.dataMissing]),
        ]

    private static let secondSound = ["-f", "lavfi", "-i", "sine=sample_rate=48000:duration=7", "-map", "0", "-map", "1", "-map", "2"]
    private static let twoSounds = ["-map", "0", "-map", "1", "-map", "1"]

    private static let tracks = [
        TimedRecording("with a track of timecodes", "a.mov", both + h264 + ["-timecode", "01:00:00:00"], streams: [0, 1]),
        TimedRecording(
            "with a track of chapters", "a.mp4",
            both + ["-f", "ffmetadata", "-i", "data:text/plain;base64,\(chapters)"] + h264 + ["-map_chapters", "2"],
            streams: [0, 1]),
        TimedRecording(
            "with a track of data", "a.ts",
            both + ["-f", "data", "-i", "data:text/plain;base64,AAAA", "-map", "0", "-map", "1", "-map", "2", "-c:d", "copy"] + h264,
            streams: [0, 1]),
        TimedRecording("with a longer second sound, in MP4", "a.mp4", both + secondSound + h264, streams: [0, 1]),
        TimedRecording("with a longer second sound, in Matroska", "a.mkv", both + secondSound + reordered, streams: [0, 1]),
        TimedRecording(
            "with a first sound that nobody decodes, in Matroska", "a.mkv", both + twoSounds + h264 + ["-c:a:0", "tta"], streams: [0, 2]),
        // As a newer phone's spatial sound looks to an older FFmpeg.
        TimedRecording("with a first sound that nobody decodes, in MP4", "a.mp4", both + twoSounds + h264, streams: [0, 2]) {
            var file = $0
            guard let kind = file.firstRange(of: Array("mp4a".utf8)) else { throw MovieEdit.NotFound(box: "mp4a") }
            file.replaceSubrange(kind, with: Array("apac".utf8))
            return file
        },
    ]

    /// One, of three seconds, as FFmpeg's metadata in base64.
    private static let chapters = "O0ZGTUVUQURBVEExCltDSEFQVEVSXQpUSU1FQkFTRT0xLzEwMDAKU1RBUlQ9MApFTkQ9MzAwMAp0aXRsZT1PbmUK"
}
