import FoundationEssentials
import Recordings
import Testing

struct ReportJSONTests {
    private let sound = Report(
        outcome: .usable, container: Container(format: "webm", declaredType: "video/webm"), durationMs: 14_020, durationSource: .packets,
        video: VideoTrack(
            codec: "vp9", width: 640, height: 480, codedWidth: 640, codedHeight: 480, frames: 420, fps: 29.97,
            frameGapMs: .init(median: 33, p95: 34, max: 51), keyframes: 5, keyframeGapMaxMs: 3000, startMs: 0, endMs: 14_020,
            sizes: [.init(atMs: 0, width: 640, height: 480)]),
        flags: [Flag(.videoFrozen, .warning, value: 5200, spans: [Span(fromMs: 4000, toMs: 9200)])],
        artifacts: ReportArtifacts(
            poster: Poster(file: ArtifactFile(mediaType: "image/jpeg"), width: 640, height: 480, atMs: 3000),
            storyboard: Storyboard(
                file: ArtifactFile(mediaType: "image/jpeg"), width: 1600, height: 120, tileWidth: 160, tileHeight: 120, columns: 10,
                tiles: [.init(atMs: 0), .init(atMs: 3000)])),
        timingsMs: ["demux": 3.5])

    @Test func `a report is the same after encoding and decoding`() throws {
        #expect(try Report(json: sound.json()) == sound)
    }

    @Test func `an unknown value is null and never left out`() throws {
        let text = String(decoding: try sound.json(), as: UTF8.self)
        for key in ["reason", "audio", "header_duration_ms", "sha256", "bit_depth", "playback", "waveform", "vtt"] {
            #expect(text.contains("\"\(key)\":null"), "\(key)")
        }
    }

    @Test func `spans are pairs, and the fields of a file stand beside those of its artifact`() throws {
        let text = String(decoding: try sound.json(), as: UTF8.self)
        #expect(text.contains("\"spans\":[[4000,9200]]"))
        #expect(text.contains("\"poster\":{\"at_ms\":3000,\"bytes\":null,\"file\":null,\"height\":480,\"media_type\":\"image/jpeg\""))
        #expect(text.contains("\"schema\":\"dailies.report/1\""))
    }

    @Test func `a flag with an unknown name is refused`() {
        let text = String(decoding: (try? sound.json()) ?? Data(), as: UTF8.self).replacing("video_frozen", with: "looks_nervous")
        #expect(throws: DecodingError.self) { try Report(json: Data(text.utf8)) }
    }

    @Test(arguments: Flag.Name.allCases)
    func `every flag has a sentence for people`(name: Flag.Name) {
        #expect(name.sentence.hasSuffix("."))
    }

    @Test(arguments: UnusableReason.Code.allCases)
    func `every reason has a sentence for people`(code: UnusableReason.Code) {
        #expect(UnusableReason(code).message.hasSuffix("."))
    }
}
