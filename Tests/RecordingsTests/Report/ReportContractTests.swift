import FoundationEssentials
import Recordings
import Testing

/// The bytes of `dailies.report/1`, which programs outside this project read.
@Suite("A report's JSON")
struct ReportContractTests {
    private static let named = ArtifactFile(file: "a", mediaType: "image/jpeg", bytes: 5, sha256: "ab")
    private static let unnamed = ArtifactFile(mediaType: "image/jpeg")

    private static func artifacts(_ file: ArtifactFile, track: ArtifactFile?) -> ReportArtifacts {
        ReportArtifacts(
            poster: Poster(file: file, width: 4, height: 3, atMs: 0),
            storyboard: Storyboard(
                file: file, width: 4, height: 3, tileWidth: 4, tileHeight: 3, columns: 10, tiles: [.init(atMs: 0)], vtt: track),
            waveform: Waveform(file: file, points: 1, samplesPerPoint: 480, sampleRate: 48_000),
            playback: Playback(file: file, durationMs: 40))
    }

    /// Every optional property of the report and its tracks and files is `nil`.
    private static let unknown = Report(
        outcome: .usable, container: Container(),
        video: VideoTrack(
            codec: "vp9", width: 4, height: 3, codedWidth: 4, codedHeight: 3, frames: 1, keyframes: 1, startMs: 0, endMs: 40, sizes: []),
        audio: AudioTrack(codec: "opus", channels: 1, sampleRate: 48_000, startMs: 0, endMs: 40), flags: [Flag(.hdr, .warning)],
        artifacts: artifacts(unnamed, track: nil))

    /// Every optional property is set.
    private static let known = Report(
        outcome: .unusable, reason: UnusableReason(.empty, message: "Words."),
        container: Container(
            format: "webm", bytes: 7, sha256: "cd", declaredType: "video/webm", headerDurationMs: 41, locationPresent: true),
        durationMs: 40, durationSource: .packets,
        video: VideoTrack(
            codec: "vp9", profile: "Profile 0", width: 4, height: 3, codedWidth: 4, codedHeight: 3, rotation: 90, mirrored: true, frames: 2,
            fps: 25.5, frameGapMs: .init(median: 33, p95: 34, max: 51.5), keyframes: 1, keyframeGapMaxMs: 40, bitDepth: 8, hdrFormat: .pq,
            startMs: 0, endMs: 40, sizes: [.init(atMs: 0, width: 4, height: 3)]),
        audio: AudioTrack(
            codec: "opus", channels: 1, sampleRate: 48_000, startMs: 0, endMs: 40, loudnessLufs: -20.25, loudnessRangeLu: 5, peakDbfs: -3,
            clippedRatio: 0, speechRatio: 0.5, firstSoundMs: 3, silences: [Span(fromMs: 0, toMs: 3)]),
        flags: [Flag(.hdr, .warning, value: 0.5, spans: [Span(fromMs: 1, toMs: 2)])], artifacts: artifacts(named, track: named),
        timingsMs: ["read": 1.5])

    private func json(_ report: Report) throws -> String { String(decoding: try report.json(), as: UTF8.self) }

    @Test("has null for every property that is not known")
    func nothingKnown() throws {
        let expected = #"""
            {"artifacts":{"playback":{"bytes":null,"duration_ms":40,"file":null,"media_type":"image/jpeg","sha256":null},\#
            "poster":{"at_ms":0,"bytes":null,"file":null,"height":3,"media_type":"image/jpeg","sha256":null,"width":4},\#
            "storyboard":{"bytes":null,"columns":10,"file":null,"height":3,"media_type":"image/jpeg","sha256":null,\#
            "tile_height":3,"tile_width":4,"tiles":[{"at_ms":0}],"vtt":null,"width":4},"waveform":{"bytes":null,"file":null,\#
            "media_type":"image/jpeg","points":1,"sample_rate":48000,"samples_per_point":480,"sha256":null}},\#
            "audio":{"channels":1,"clipped_ratio":null,"codec":"opus","end_ms":40,"first_sound_ms":null,"loudness_lufs":null,\#
            "loudness_range_lu":null,"peak_dbfs":null,"sample_rate":48000,"silences":[],"speech_ratio":null,"start_ms":0},\#
            "container":{"bytes":null,"declared_type":null,"format":null,"header_duration_ms":null,"location_present":null,\#
            "sha256":null},"duration_ms":null,"duration_source":null,"flags":[{"name":"hdr","severity":"warning","spans":[],\#
            "value":null}],"outcome":"usable","reason":null,"schema":"dailies.report/1","timings_ms":{},"video":{"bit_depth":null,\#
            "codec":"vp9","coded_height":3,"coded_width":4,"end_ms":40,"fps":null,"frame_gap_ms":null,"frames":1,"hdr":false,\#
            "hdr_format":null,"height":3,"keyframe_gap_max_ms":null,"keyframes":1,"mirrored":false,"profile":null,"rotation":0,\#
            "sizes":[],"start_ms":0,"width":4}}
            """#
        #expect(try json(Self.unknown) == expected)
        #expect(try Report(json: Data(expected.utf8)) == Self.unknown)
    }

    @Test("has null for a missing track, artifact and reason")
    func nothingThere() throws {
        let expected = #"""
            {"artifacts":{"playback":null,"poster":null,"storyboard":null,"waveform":null},"audio":null,"container":{"bytes":null,\#
            "declared_type":null,"format":null,"header_duration_ms":null,"location_present":null,"sha256":null},\#
            "duration_ms":null,"duration_source":null,"flags":[],"outcome":"unusable","reason":null,"schema":"dailies.report/1",\#
            "timings_ms":{},"video":null}
            """#
        let report = Report(outcome: .unusable, container: Container())
        #expect(try json(report) == expected)
        #expect(try Report(json: Data(expected.utf8)) == report)
    }

    @Test("has a value for every property that is known")
    func everythingKnown() throws {
        let expected = #"""
            {"artifacts":{"playback":{"bytes":5,"duration_ms":40,"file":"a","media_type":"image/jpeg","sha256":"ab"},\#
            "poster":{"at_ms":0,"bytes":5,"file":"a","height":3,"media_type":"image/jpeg","sha256":"ab","width":4},\#
            "storyboard":{"bytes":5,"columns":10,"file":"a","height":3,"media_type":"image/jpeg","sha256":"ab","tile_height":3,\#
            "tile_width":4,"tiles":[{"at_ms":0}],"vtt":{"bytes":5,"file":"a","media_type":"image/jpeg","sha256":"ab"},"width":4},\#
            "waveform":{"bytes":5,"file":"a","media_type":"image/jpeg","points":1,"sample_rate":48000,"samples_per_point":480,\#
            "sha256":"ab"}},"audio":{"channels":1,"clipped_ratio":0,"codec":"opus","end_ms":40,"first_sound_ms":3,\#
            "loudness_lufs":-20.25,"loudness_range_lu":5,"peak_dbfs":-3,"sample_rate":48000,"silences":[[0,3]],"speech_ratio":0.5,\#
            "start_ms":0},"container":{"bytes":7,"declared_type":"video/webm","format":"webm","header_duration_ms":41,\#
            "location_present":true,"sha256":"cd"},"duration_ms":40,"duration_source":"packets","flags":[{"name":"hdr",\#
            "severity":"warning","spans":[[1,2]],"value":0.5}],"outcome":"unusable","reason":{"code":"empty","message":"Words."},\#
            "schema":"dailies.report/1","timings_ms":{"read":1.5},"video":{"bit_depth":8,"codec":"vp9","coded_height":3,\#
            "coded_width":4,"end_ms":40,"fps":25.5,"frame_gap_ms":{"max":51.5,"median":33,"p95":34},"frames":2,"hdr":true,\#
            "hdr_format":"pq","height":3,"keyframe_gap_max_ms":40,"keyframes":1,"mirrored":true,"profile":"Profile 0",\#
            "rotation":90,"sizes":[{"at_ms":0,"height":3,"width":4}],"start_ms":0,"width":4}}
            """#
        #expect(try json(Self.known) == expected)
        #expect(try Report(json: Data(expected.utf8)) == Self.known)
    }

    @Test("may lack a property that may be null, as in reports of older versions")
    func missing() throws {
        let old = #"""
            {"schema": "dailies.report/1", "outcome": "unusable", "container": {}, "artifacts": {}, "timings_ms": {}, "flags": \#
            [{"name": "hdr", "severity": "warning", "spans": []}]}
            """#
        let report = try Report(json: Data(old.utf8))
        #expect(report == Report(outcome: .unusable, container: Container(), flags: [Flag(.hdr, .warning)]))
    }

    @Test("is refused where a property has a value of another type")
    func wrongType() {
        let wrong = #"{"schema": "dailies.report/1", "outcome": "unusable", "container": {"format": 5}, "artifacts": {}, "flags": []}"#
        #expect(throws: DecodingError.self) { try Report(json: Data(wrong.utf8)) }
    }
}
