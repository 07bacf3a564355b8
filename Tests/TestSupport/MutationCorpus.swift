internal import Foundation
internal import Subprocess
internal import SystemPackage

/// Small recordings to damage: the beginnings of browsers' recordings, and one of each container and codec that phones and tools write.
public enum MutationCorpus {
    /// Long enough for headers, several clusters and keyframes; short enough to look into thousands.
    private static let beginning = 60_000

    public static func recordings() async throws -> [[UInt8]] {
        let names = try FileManager.default.contentsOfDirectory(atPath: Fixtures.recordings.string).sorted()
        var found = try names.filter { !$0.hasPrefix(".") }.map { name in
            Array(try Data(contentsOf: URL(filePath: Fixtures.recording(name).string)).prefix(beginning))
        }
        found += try await generated().map(\.bytes)
        found += [VoiceMemo.bytes(frames: 100), VoiceMemo.bytes(isWideband: true, frames: 100)]
        return found
    }

    /// One of each container with the codecs that are usual in it, by a name that tells both.
    public static func generated() async throws -> [(name: String, bytes: [UInt8])] {
        try await TemporaryFolder.with { folder in
            var found: [(name: String, bytes: [UInt8])] = []
            for (number, (ending, codecs)) in kinds.enumerated() {
                let path = folder.appending("\(number).\(ending)")
                let made = try await Subprocess.run(
                    .name("ffmpeg"), arguments: Arguments(["-v", "error", "-nostdin"] + source + codecs + [path.string]),
                    output: .discarded,
                    error: .string(limit: 1 << 16))
                guard made.terminationStatus.isSuccess else { throw NotMade(ending: ending, why: made.standardError) }
                try found.append(
                    (".\(ending) \(codecs.joined(separator: " "))", Array(Data(contentsOf: URL(filePath: path.string)))))
            }
            return found
        }
    }

    struct NotMade: Error {
        var ending: String
        var why: String
    }

    private static let source = [
        "-f", "lavfi", "-i", "testsrc2=size=160x120:rate=15:duration=2", "-f", "lavfi", "-i", "sine=frequency=440:duration=2",
    ]
    private static let h264 = ["-c:v", "libx264", "-preset", "ultrafast", "-g", "15", "-pix_fmt", "yuv420p"]
    private static let kinds: [(String, [String])] = [
        ("mp4", h264 + ["-c:a", "aac"]), ("mp4", h264 + ["-c:a", "aac", "-movflags", "frag_keyframe+empty_moov"]),
        ("mov", h264 + ["-c:a", "pcm_s16le"]), ("mov", ["-c:v", "mjpeg", "-c:a", "pcm_f32le"]),
        ("mkv", h264 + ["-bf", "2", "-c:a", "flac"]),
        ("mp4", ["-c:v", "libx265", "-x265-params", "log-level=error", "-tag:v", "hvc1", "-c:a", "aac"]),
        ("webm", ["-c:v", "libvpx", "-c:a", "libvorbis"]), ("3gp", ["-c:v", "mpeg4", "-c:a", "aac"]),
        ("avi", ["-c:v", "mpeg4", "-c:a", "libmp3lame"]), ("ts", h264 + ["-c:a", "aac"]), ("ogg", ["-vn", "-c:a", "libvorbis"]),
        ("mp3", ["-vn", "-c:a", "libmp3lame"]), ("wav", ["-vn", "-c:a", "pcm_s16le"]), ("m4a", ["-vn", "-c:a", "aac"]),
        ("aac", ["-vn", "-c:a", "aac"]), ("m4a", ["-vn", "-c:a", "alac"]), ("wav", ["-vn", "-c:a", "adpcm_ms"]),
        ("ogg", ["-vn", "-c:a", "libopus"]), ("ogg", ["-vn", "-c:a", "flac"]), ("ogv", ["-c:v", "libtheora", "-c:a", "libvorbis"]),
        ("avi", ["-c:v", "mjpeg", "-c:a", "pcm_s16le"]), ("3gp", ["-s", "176x144", "-c:v", "h263", "-an"]),
        ("ts", ["-c:v", "mpeg2video", "-c:a", "mp2"]), ("m2ts", h264 + ["-c:a", "ac3", "-mpegts_m2ts_mode", "1"]),
    ]
}
