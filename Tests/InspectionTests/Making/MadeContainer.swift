import Recordings
import SystemPackage
import TestSupport
import Testing

/// One small recording of each kind that browsers, phones and upload forms send, made by `ffmpeg`: three seconds of picture and tone.
struct MadeContainer: Sendable, CustomTestStringConvertible {
    var ending: String
    var format: String
    var video: String?
    var audio: String?
    /// Arguments behind the two sources.
    var arguments: [String]
    /// What MediaInfo calls the container.
    var mediaInfo: String

    var testDescription: String { "\(format) as .\(ending) with \(video ?? "-"), \(audio ?? "-")" }

    private init(
        _ ending: String, _ format: String, _ mediaInfo: String, video: String? = nil, audio: String? = nil, _ arguments: [String]
    ) {
        self.ending = ending
        self.format = format
        self.video = video
        self.audio = audio
        self.arguments = arguments
        self.mediaInfo = mediaInfo
    }

    /// Makes it and lends it.
    func with<Result>(_ more: [String] = [], _ body: (FilePath) async throws -> Result) async throws -> Result {
        try await TemporaryFolder.with { folder in
            let path = folder.appending("answer.\(ending)")
            let picture = ["-f", "lavfi", "-i", "testsrc2=size=160x120:rate=20:duration=3"]
            let sources = (video == nil ? [] : picture) + ["-f", "lavfi", "-i", "sine=frequency=440:duration=3"]
            try await FFmpegTool.make(path, sources + arguments + more)
            return try await body(path)
        }
    }

    private static let h264 = Generated.h264 + ["-g", "20"]
    /// Frames that are shown in another order than they are stored in.
    private static let reordered = ["-c:v", "libx264", "-preset", "veryfast", "-bf", "2", "-g", "20", "-pix_fmt", "yuv420p"]

    static let all: [MadeContainer] = [
        MadeContainer("webm", "webm", "WebM", video: "vp8", audio: "vorbis", ["-c:v", "libvpx", "-c:a", "libvorbis"]),
        MadeContainer("mkv", "matroska", "Matroska", video: "h264", audio: "flac", reordered + ["-c:a", "flac"]),
        MadeContainer("mp4", "mp4", "MPEG-4", video: "h264", audio: "aac", h264 + ["-c:a", "aac", "-movflags", "faststart"]),
        MadeContainer(
            "mp4", "mp4", "MPEG-4", video: "h264", audio: "opus",
            reordered + ["-c:a", "libopus", "-movflags", "frag_keyframe+empty_moov"]),
        MadeContainer(
            "mp4", "mp4", "MPEG-4", video: "hevc", audio: "aac",
            ["-c:v", "libx265", "-x265-params", "log-level=error", "-tag:v", "hvc1", "-c:a", "aac", "-movflags", "faststart"]),
        MadeContainer(
            "mov", "mov", "MPEG-4", video: "h264", audio: "pcm_s16le", reordered + ["-c:a", "pcm_s16le", "-movflags", "faststart"]),
        MadeContainer("mov", "mov", "MPEG-4", video: "mjpeg", audio: "alac", ["-c:v", "mjpeg", "-c:a", "alac", "-movflags", "faststart"]),
        MadeContainer("m4a", "m4a", "MPEG-4", audio: "aac", ["-c:a", "aac", "-movflags", "faststart"]),
        MadeContainer("3gp", "3gp", "MPEG-4", video: "mpeg4", audio: "aac", ["-c:v", "mpeg4", "-c:a", "aac", "-movflags", "faststart"]),
        MadeContainer("3gp", "3gp", "MPEG-4", video: "h263", ["-an", "-c:v", "h263", "-s", "176x144", "-movflags", "faststart"]),
        MadeContainer("avi", "avi", "AVI", video: "mpeg4", audio: "mp3", ["-c:v", "mpeg4", "-c:a", "libmp3lame"]),
        MadeContainer("avi", "avi", "AVI", video: "mjpeg", audio: "pcm_s16le", ["-c:v", "mjpeg", "-c:a", "pcm_s16le"]),
        MadeContainer("avi", "avi", "AVI", video: "h264", audio: "mp3", h264 + ["-c:a", "libmp3lame"]),
        MadeContainer("ts", "mpegts", "MPEG-TS", video: "h264", audio: "aac", reordered + ["-c:a", "aac"]),
        MadeContainer("ts", "mpegts", "MPEG-TS", video: "mpeg2video", audio: "mp2", ["-c:v", "mpeg2video", "-c:a", "mp2"]),
        MadeContainer("m2ts", "mpegts", "BDAV", video: "h264", audio: "ac3", h264 + ["-c:a", "ac3", "-mpegts_m2ts_mode", "1"]),
        MadeContainer("ogg", "ogg", "Ogg", audio: "opus", ["-c:a", "libopus"]),
        MadeContainer("ogg", "ogg", "Ogg", audio: "vorbis", ["-c:a", "libvorbis"]),
        MadeContainer("ogg", "ogg", "Ogg", audio: "flac", ["-c:a", "flac"]),
        MadeContainer("ogv", "ogg", "Ogg", video: "theora", audio: "vorbis", ["-c:v", "libtheora", "-c:a", "libvorbis"]),
        MadeContainer("mp3", "mp3", "MPEG Audio", audio: "mp3", ["-c:a", "libmp3lame"]),
        MadeContainer("mp3", "mp3", "MPEG Audio", audio: "mp3", ["-c:a", "libmp3lame", "-q:a", "4", "-ar", "22050"]),
        MadeContainer("mp3", "mp3", "MPEG Audio", audio: "mp3", ["-c:a", "libmp3lame", "-write_xing", "0", "-id3v2_version", "0"]),
        MadeContainer("wav", "wav", "Wave", audio: "pcm_s16le", ["-c:a", "pcm_s16le"]),
        MadeContainer("wav", "wav", "Wave", audio: "pcm_f32le", ["-c:a", "pcm_f32le"]),
        MadeContainer("wav", "wav", "Wave", audio: "adpcm_ms", ["-c:a", "adpcm_ms"]),
        MadeContainer("aac", "aac", "ADTS", audio: "aac", ["-c:a", "aac"]),
    ]
}
