import Inspection
import Recordings
import TestSupport
import Testing

/// What is known of each recording that ships with the project: a browser's own `MediaRecorder` made it.
struct Truth: Sendable, CustomTestStringConvertible {
    var file: String
    var format = "webm"
    var durationMs: Int
    var video: String?
    var size = (width: 640, height: 480)
    var audio: String?
    var faults: Set<Flag.Name> = []
    var warnings: Set<Flag.Name> = []

    var testDescription: String { file }

    /// Durations are the spans of the packets, which `ffprobe` shows as well.
    static let all: [Truth] = [
        Truth(file: "chrome-vp8-opus.webm", durationMs: 14_024, video: "vp8", audio: "opus"),
        Truth(file: "chrome-vp9-opus.webm", durationMs: 14_027, video: "vp9", audio: "opus"),
        Truth(file: "chrome-av1-opus.webm", durationMs: 9_999, video: "av1", audio: "opus"),
        Truth(file: "chrome-h264-opus.mkv", format: "matroska", durationMs: 11_983, video: "h264", audio: "opus"),
        Truth(file: "chrome-h264-opus.mp4", format: "mp4", durationMs: 11_970, video: "h264", audio: "opus"),
        Truth(file: "chrome-vp9-720p.webm", durationMs: 20_012, video: "vp9", size: (1280, 720), audio: "opus"),
        Truth(file: "chrome-no-timeslice.webm", durationMs: 8_020, video: "vp8", audio: "opus"),
        // The pause is cut out, and the picture was slow to come back after it.
        Truth(
            file: "paused-midway.webm", durationMs: 9_999, video: "vp8", audio: "opus", warnings: [.lowFrameRate, .avOffset]),
        Truth(file: "fault-mic-muted.webm", durationMs: 9_038, video: "vp9", audio: "opus", faults: [.micMuted]),
        Truth(file: "fault-camera-covered.webm", durationMs: 8_987, video: "vp9", audio: "opus", faults: [.cameraCovered]),
        Truth(
            file: "fault-frozen-video.webm", durationMs: 16_012, video: "vp8", audio: "opus", faults: [.videoFrozen],
            warnings: [.stalled, .avOffset]),
        Truth(
            file: "fault-clipped-audio.webm", durationMs: 9_031, video: "vp8", audio: "opus", warnings: [.audioClipped, .audioLoud]),
        Truth(file: "fault-late-start.webm", durationMs: 14_020, video: "vp8", audio: "opus", warnings: [.leadingSilence]),
        Truth(file: "fault-cut-short.webm", durationMs: 9_166, video: "vp9", audio: "opus", faults: [.truncated]),
        Truth(file: "fault-lost-chunk.webm", durationMs: 14_023, video: "vp8", audio: "opus", warnings: [.dataMissing]),
        // Its picture also ends three seconds before its sound.
        Truth(
            file: "resized-midway.webm", durationMs: 11_987, video: "vp8", audio: "opus", warnings: [.sizeChanged, .stalled, .avOffset]),
        Truth(file: "audio-only.webm", durationMs: 9_000, audio: "opus", faults: [.noVideo]),
        Truth(file: "video-only.webm", durationMs: 7_923, video: "vp8", faults: [.noAudio]),
    ]
}

@Suite(.tags(.media))
struct BrowserRecordingTests {
    @Test("A browser's recording is reported as what it is", arguments: Truth.all)
    func reportsTruth(_ truth: Truth) async throws {
        let report = try await Inspected.report(of: Fixtures.recording(truth.file))
        #expect(report.outcome == .usable)
        #expect(report.container.format == truth.format)
        let duration = try #require(report.durationMs)
        #expect(abs(duration - truth.durationMs) <= 1)
        #expect(report.video?.codec == truth.video)
        if let video = report.video {
            #expect((video.width, video.height) == truth.size)
            #expect((video.codedWidth, video.codedHeight) == truth.size)
            #expect(video.rotation == 0 && video.bitDepth == 8 && !video.hdr)
        }
        #expect(report.audio?.codec == truth.audio)
        #expect(report.faults == truth.faults)
        #expect(report.warnings == truth.warnings)
    }

    @Test("Duration, frames and keyframes agree with ffprobe's packets, sizes and rates with MediaInfo", arguments: Truth.all)
    func agreesWithPackets(_ truth: Truth) async throws {
        let path = Fixtures.recording(truth.file)
        let report = try await Inspected.report(of: path)
        let packets = try await PacketTable(path)
        #expect(abs(Double(try #require(report.durationMs)) - packets.spanMs) <= 1)
        #expect(report.video?.frames ?? 0 == packets.frames)
        #expect(report.video?.keyframes ?? 0 == packets.keyframes)
        let witness = try await MediaInfo.of(path)
        #expect(witness.track("Video")?.width == report.video.map { "\($0.codedWidth)" })
        #expect(witness.track("Video")?.height == report.video.map { "\($0.codedHeight)" })
        // Of Opus in MP4 it does not say.
        if let rate = witness.track("Audio")?.sampleRate { #expect(rate == report.audio.map { "\($0.sampleRate)" }) }
        if let channels = witness.track("Audio")?.channels { #expect(channels == report.audio.map { "\($0.channels)" }) }
    }

    @Test func `A change of size in mid-recording is found, although the header has only the first size`() async throws {
        let report = try await Inspected.report(of: Fixtures.recording("resized-midway.webm"))
        let sizes = try #require(report.video?.sizes)
        #expect(sizes == [.init(atMs: 0, width: 640, height: 480), .init(atMs: 6_026, width: 480, height: 640)])
        #expect(report.flag(.sizeChanged)?.spans == [Span(fromMs: 6_026, toMs: 11_987)])
    }

    @Test func `The spans say where the picture freezes, the sound begins and the chunk is missing`() async throws {
        let frozen = try await Inspected.report(of: Fixtures.recording("fault-frozen-video.webm"))
        #expect(frozen.flag(.videoFrozen)?.spans == [Span(fromMs: 3_976, toMs: 16_012)])
        let late = try await Inspected.report(of: Fixtures.recording("fault-late-start.webm"))
        #expect(abs(try #require(late.audio?.firstSoundMs) - 5_050) <= 50)
        let lost = try await Inspected.report(of: Fixtures.recording("fault-lost-chunk.webm"))
        let span = try #require(lost.flag(.dataMissing)?.spans.first)
        #expect(abs(span.fromMs - 7_150) <= 60 && abs(span.toMs - 8_200) <= 60)
    }

    @Test func `Frame gaps are those of the timestamps`() async throws {
        let video = try #require(try await Inspected.report(of: Fixtures.recording("chrome-vp8-opus.webm")).video)
        #expect(video.frameGapMs == .init(median: 45, p95: 70, max: 85))
        #expect(video.fps == 22.02)
        #expect(video.keyframeGapMaxMs == 4_644)
    }

    @Test func `The same recording gives the same report, and timings apart the same bytes`() async throws {
        var first = try await Inspected.report(of: Fixtures.recording("chrome-vp9-opus.webm"))
        var second = try await Inspected.report(of: Fixtures.recording("chrome-vp9-opus.webm"))
        first.timingsMs = [:]
        second.timingsMs = [:]
        #expect(try first.json() == second.json())
    }
}
