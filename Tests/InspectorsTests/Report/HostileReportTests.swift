import InspectorChannel
import Recordings
import SystemPackage
import TestSupport
import Testing

@testable import Inspectors

@Suite("The report of a hostile inspector", .tags(.program))
struct HostileReportTests {
    @Test(
        "is refused",
        arguments: [
            (InspectorProbe.noReport, "report was not written"),
            (.garbledReport, "it is not the JSON of a report"),
            (.absurdReport, "duration_ms is out of range"),
            (.falsePoster, "artifacts.poster is not a JPEG"),
        ])
    func refused(_ probe: InspectorProbe, _ why: String) async throws {
        let death = try await InspectorPool.shared().death(of: probe)
        #expect(death.cause == .badReport(why))
        #expect(death.reasonCode == .inspectorDied)
    }

    /// Has the named artifacts checked against files with this content.
    private func check(_ artifacts: ReportArtifacts, _ content: [ArtifactKind: [UInt8]]) async throws -> ReportArtifacts {
        try await Lent.with { lent in
            let files = lent.artifacts.byKind
            for (kind, bytes) in content { try files[kind]?.writeAll(bytes) }
            var limits = InspectionLimits()
            limits.artifactBytes = 1000
            return try ArtifactCheck(files: files, limits: limits).checked(artifacts)
        }
    }

    /// A JPEG's beginning and end around no picture.
    static let jpeg: [UInt8] =
        [0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2, 0xFF, 0xC0, 0, 11, 8, 0, 48, 0, 64, 1, 1, 0x11, 0] + [0xFF, 0xD9]
    static let poster = Poster(file: ArtifactFile(mediaType: "image/jpeg"), width: 64, height: 48, atMs: 0)
    static let waveform = Waveform(file: ArtifactFile(mediaType: "application/json"), points: 2, samplesPerPoint: 10, sampleRate: 100)
    static let playback = Playback(file: ArtifactFile(mediaType: "video/webm"), durationMs: 1000)

    static func waveform(length: Int = 2, data: String = "-1,1,-2,2") -> [UInt8] {
        Array(
            #"{"version":2,"channels":1,"sample_rate":100,"samples_per_pixel":10,"bits":8,"length":\#(length),"data":[\#(data)]}"#.utf8)
    }

    @Test("that is honest gets the sizes of its files")
    func honest() async throws {
        let artifacts = ReportArtifacts(poster: Self.poster, waveform: Self.waveform, playback: Self.playback)
        let checked = try await check(
            artifacts, [.poster: Self.jpeg, .waveform: Self.waveform(), .playback: [0x1A, 0x45, 0xDF, 0xA3, 0]])
        #expect(checked.poster?.file.bytes == Int64(Self.jpeg.count))
        #expect(checked.waveform?.file.bytes == Int64(Self.waveform().count))
        #expect(checked.playback?.file.bytes == 5)
    }

    @Test("cannot pass off another picture")
    func pictures() async throws {
        var larger = Self.poster
        larger.width = 65
        let wrong: [(Poster, [UInt8])] = [
            (larger, Self.jpeg), (Self.poster, []), (Self.poster, Array("\u{89}PNG".utf8)), (Self.poster, Self.jpeg.dropLast()),
            (Self.poster, Array(Self.jpeg.prefix(12))), (Self.poster, Self.jpeg + [UInt8](repeating: 0, count: 1000)),
        ]
        for (poster, bytes) in wrong {
            await #expect(throws: ReportDefect.self) { try await check(ReportArtifacts(poster: poster), [.poster: bytes]) }
        }
    }

    @Test("cannot pass off another waveform")
    func waveforms() async throws {
        let wrong = [
            Self.waveform(length: 3), Self.waveform(data: "-1,1,-2"), Self.waveform(data: "-1,1,-2,200"),
            Self.waveform(data: "-1,1,-2,0.5"),
            Array("[]".utf8), Array(Self.waveform().dropLast()), Array(repeating: UInt8(ascii: "["), count: 900),
        ]
        for bytes in wrong {
            await #expect(throws: ReportDefect.self) {
                try await check(ReportArtifacts(waveform: Self.waveform), [.waveform: bytes])
            }
        }
    }

    @Test("cannot pass off a page as a playback copy")
    func playbacks() async throws {
        for bytes in [Array("<html>".utf8), [], Array("\0\0\0\u{18}ftypisom".utf8)] {
            await #expect(throws: ReportDefect.self) {
                try await check(ReportArtifacts(playback: Self.playback), [.playback: bytes])
            }
        }
    }

    @Test("has a file emptied that it does not name")
    func unnamed() async throws {
        try await Lent.with { lent in
            let file = try #require(lent.artifacts.poster)
            try file.writeAll(Self.jpeg)
            _ = try ArtifactCheck(files: lent.artifacts.byKind, limits: InspectionLimits()).checked(ReportArtifacts())
            #expect(try LentFile(descriptor: file).size() == 0)
        }
    }

    @Test("comes with a log that is safe to print")
    func log() {
        let text = "first\n\u{1B}[31mred\u{7} grün\n" + String(repeating: "x", count: 500)
        let lines = LogTail.lines(of: Array(text.utf8) + [0, 0, 65])
        #expect(lines == ["first", "?[31mred? gr??n", String(repeating: "x", count: 200)])
        #expect(LogTail.lines(of: Array("\n".utf8)) == [])
        #expect(LogTail.lines(of: (1...30).flatMap { Array("\($0)\n".utf8) }).first == "11")
    }
}
