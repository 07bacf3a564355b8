import FoundationEssentials
import Recordings
import Testing

@Suite("The validation of a report")
struct ReportValidationTests {
    /// What an inspector writes about a sound answer of 10 s.
    private static let sound = Report(
        outcome: .usable, container: Container(format: "webm", headerDurationMs: 10_000), durationMs: 10_000, durationSource: .packets,
        video: VideoTrack(
            codec: "vp9", profile: "Profile 0", width: 640, height: 480, codedWidth: 640, codedHeight: 480, frames: 300, fps: 30,
            frameGapMs: .init(median: 33, p95: 34, max: 40), keyframes: 3, keyframeGapMaxMs: 5000, bitDepth: 8, startMs: 0, endMs: 10_000,
            sizes: [.init(atMs: 0, width: 640, height: 480)]),
        audio: AudioTrack(
            codec: "opus", channels: 1, sampleRate: 48_000, startMs: 0, endMs: 10_000, loudnessLufs: -20, clippedRatio: 0,
            silences: [Span(fromMs: 0, toMs: 500), Span(fromMs: 900, toMs: 1200)]),
        flags: [Flag(.leadingSilence, .warning, value: 3100, spans: [Span(fromMs: 0, toMs: 3100)])],
        artifacts: ReportArtifacts(
            poster: Poster(file: ArtifactFile(mediaType: "image/jpeg"), width: 640, height: 480, atMs: 3000),
            storyboard: Storyboard(
                file: ArtifactFile(mediaType: "image/jpeg"), width: 320, height: 120, tileWidth: 160, tileHeight: 120, columns: 10,
                tiles: [.init(atMs: 0), .init(atMs: 5000)]),
            waveform: Waveform(file: ArtifactFile(mediaType: "application/json"), points: 1000, samplesPerPoint: 480, sampleRate: 48_000),
            playback: Playback(file: ArtifactFile(mediaType: "video/webm"), durationMs: 10_000)),
        timingsMs: ["decode": 12.5])

    @Test("accepts a valid report and leaves it unchanged")
    func accepted() throws {
        #expect(try Self.sound.validated(limits: InspectionLimits()) == Self.sound)
    }

    private typealias Change = @Sendable (inout Report) -> Void

    /// Each one thing that cannot be, by the field that the refusal names.
    private static let absurd: [(String, Change)] = [
        ("schema", { $0.schema = "dailies.report/2" }),
        ("reason", { $0.reason = UnusableReason(.empty) }),
        ("outcome", { ($0.video, $0.audio) = (nil, nil) }),
        ("duration_ms", { $0.durationMs = nil }),
        ("duration_ms", { $0.durationMs = -1 }),
        ("duration_ms", { $0.durationMs = .max }),
        ("duration_source", { $0.durationSource = nil }),
        ("container.format", { $0.container.format = "<script>" }),
        ("container.format", { $0.container.format = "" }),
        ("container.header_duration_ms", { $0.container.headerDurationMs = .min }),
        ("container", { $0.container.sha256 = "00" }),
        ("video.codec", { $0.video?.codec = String(repeating: "v", count: 65) }),
        ("video.profile", { $0.video?.profile = "Main\u{0}" }),
        ("video.width", { $0.video?.width = 0 }),
        ("video.coded_width", { $0.video?.codedWidth = 300_000 }),
        ("video.rotation", { $0.video?.rotation = 45 }),
        ("video.frames", { $0.video?.frames = .max }),
        ("video.keyframes", { $0.video?.keyframes = 301 }),
        ("video.fps", { $0.video?.fps = .infinity }),
        ("video.frame_gap_ms", { $0.video?.frameGapMs = .init(median: .nan, p95: 1, max: 1) }),
        ("video.frame_gap_ms", { $0.video?.frameGapMs = .init(median: 3, p95: 2, max: 1) }),
        ("video.bit_depth", { $0.video?.bitDepth = 0 }),
        ("video.start_ms", { $0.video?.startMs = 10_001 }),
        ("video.start_ms", { $0.video?.endMs = 60_000 }),
        (
            "video.sizes",
            { $0.video?.sizes = Array(repeating: .init(atMs: 0, width: 1, height: 1), count: VideoTrack.sizesAtMost + 1) }
        ),
        ("video.sizes", { $0.video?.sizes = [.init(atMs: 5, width: 1, height: 1), .init(atMs: 4, width: 1, height: 1)] }),
        ("audio.channels", { $0.audio?.channels = 0 }),
        ("audio.channels", { $0.audio?.channels = AudioTrack.channelsAtMost + 1 }),
        ("audio.sample_rate", { $0.audio?.sampleRate = AudioTrack.sampleRates.upperBound + 1 }),
        ("audio.sample_rate", { $0.audio?.sampleRate = -48_000 }),
        ("audio.loudness_lufs", { $0.audio?.loudnessLufs = -.infinity }),
        ("audio.clipped_ratio", { $0.audio?.clippedRatio = 1.5 }),
        ("audio.first_sound_ms", { $0.audio?.firstSoundMs = 99_999 }),
        ("audio.silences", { $0.audio?.silences = [Span(fromMs: 500, toMs: 900), Span(fromMs: 0, toMs: 100)] }),
        ("audio.silences", { $0.audio?.silences = Array(repeating: Span(fromMs: 0, toMs: 0), count: 50_001) }),
        ("flags", { $0.flags += $0.flags }),
        ("flags.leading_silence.value", { $0.flags[0].value = .nan }),
        ("flags.leading_silence.spans", { $0.flags[0].spans = [Span(fromMs: 2, toMs: 1)] }),
        ("timings_ms", { $0.timingsMs = ["decode": -1] }),
        ("timings_ms", { $0.timingsMs = ["de code": 1] }),
        ("artifacts.poster.width", { $0.artifacts.poster?.width = Poster.longestSide + 1 }),
        ("artifacts.poster.at_ms", { $0.artifacts.poster?.atMs = 12_001 }),
        ("artifacts.poster.media_type", { $0.artifacts.poster?.file.mediaType = "text/html" }),
        ("artifacts.poster", { $0.artifacts.poster?.file.file = "../../etc/passwd" }),
        ("artifacts.storyboard.width", { $0.artifacts.storyboard?.width = 321 }),
        ("artifacts.storyboard.height", { $0.artifacts.storyboard?.height = 240 }),
        ("artifacts.storyboard.columns", { $0.artifacts.storyboard?.columns = 0 }),
        ("artifacts.storyboard.tile_width", { $0.artifacts.storyboard?.tileWidth = Storyboard.longestTileSide + 1 }),
        ("artifacts.storyboard.tile_height", { $0.artifacts.storyboard?.tileHeight = Storyboard.longestTileSide + 1 }),
        (
            "artifacts.storyboard.tiles",
            { $0.artifacts.storyboard?.tiles = Array(repeating: .init(atMs: 0), count: Storyboard.tilesAtMost + 1) }
        ),
        ("artifacts.storyboard.tiles", { $0.artifacts.storyboard?.tiles = [.init(atMs: 5000), .init(atMs: 0)] }),
        ("artifacts.storyboard.vtt", { $0.artifacts.storyboard?.vtt = ArtifactFile(mediaType: "text/vtt") }),
        ("artifacts.waveform.points", { $0.artifacts.waveform?.points = Waveform.pointsAtMost + 1 }),
        ("artifacts.playback.media_type", { $0.artifacts.playback?.file.mediaType = "video/x-matroska" }),
        ("artifacts.playback.duration_ms", { $0.artifacts.playback?.durationMs = 20_000 }),
    ]

    @Test("refuses each impossible value", arguments: absurd.indices)
    func refused(_ index: Int) throws {
        let (field, change) = Self.absurd[index]
        var report = Self.sound
        change(&report)
        let defect = #expect(throws: ReportDefect.self) { try report.validated(limits: InspectionLimits()) }
        #expect(defect?.field == field)
    }

    @Test("refuses a reason that no inspector may give", arguments: [UnusableReason.Code.inspectorDied, .timedOut, .missing])
    func foreignReasons(_ code: UnusableReason.Code) {
        let report = Report.unusable(UnusableReason(code), container: Container())
        #expect(throws: ReportDefect.self) { try report.validated(limits: InspectionLimits()) }
    }

    @Test("replaces the message of the reason by the code's own sentence")
    func words() throws {
        let report = Report.unusable(UnusableReason(.notMedia, message: "Click http://example.com"), container: Container())
        #expect(try report.validated(limits: InspectionLimits()).reason == UnusableReason(.notMedia))
    }

    @Test("refuses what exceeds the limits of the inspection")
    func limits() {
        var limits = InspectionLimits()
        limits.durationSeconds = 5
        #expect(throws: ReportDefect.self) { try Self.sound.validated(limits: limits) }
        limits = InspectionLimits()
        limits.pixels = 640 * 480 - 1
        #expect(throws: ReportDefect.self) { try Self.sound.validated(limits: limits) }
    }
}
