import Foundation
import Recordings
import SystemPackage
import TestSupport
import Testing

/// The same copies, checked by `ffprobe` and by their bytes.
@Suite("A playback copy", .tags(.browser, .media, .program))
struct ProbeTests {
    private struct Probe: Decodable {
        struct Stream: Decodable {
            var codec: String

            enum CodingKeys: String, CodingKey {
                case codec = "codec_name"
            }
        }
        struct Format: Decodable {
            var duration: String?
        }
        struct Packet: Decodable {
            var time: String

            enum CodingKeys: String, CodingKey {
                case time = "pts_time"
            }
        }

        var streams: [Stream]?
        var format: Format?
        var packets: [Packet]?
    }

    private func probe(_ path: FilePath, _ arguments: String...) async throws -> Probe {
        let program = FilePath("/usr/bin/env")
        let output = try await Screening.run(program, ["ffprobe", "-v", "error", "-of", "json"] + arguments + [path.string])
        return try JSONDecoder().decode(Probe.self, from: Data(output.utf8))
    }

    @Test("has the recording's streams and length", arguments: Screening.recordings)
    func header(_ recording: String) async throws {
        try await Screening.withPlaybackCopy(of: recording) { copy, report in
            let probe = try await probe(copy, "-show_entries", "format=duration:stream=codec_name")
            let codecs = [report.video?.codec, report.audio?.codec].compactMap { $0 }
            #expect((probe.streams ?? []).map(\.codec).sorted() == codecs.sorted(), "\(recording)")
            let duration = try #require(probe.format?.duration.flatMap(Double.init), "\(recording): the header has no duration")
            let reported = try #require(report.durationMs)
            #expect(abs(duration * 1000 - Double(reported)) <= 50, "\(recording): \(duration) s, \(reported) ms reported")
            #expect(report.artifacts.playback?.durationMs == reported, "\(recording)")
        }
    }

    @Test("has its index in front of the first packet", arguments: Screening.recordings)
    func index(_ recording: String) async throws {
        try await Screening.withPlaybackCopy(of: recording) { copy, report in
            let elements = try ContainerElements(copy)
            if report.artifacts.playback?.file.mediaType == "video/mp4" {
                let index = try #require(elements.position(of: "moov"), "\(recording): no moov in \(elements.names)")
                let media = try #require(elements.position(of: "mdat"), "\(recording): no mdat in \(elements.names)")
                #expect(index < media, "\(recording): the index is behind the media")
            } else {
                let index = try #require(elements.position(of: ContainerElements.cues), "\(recording): no cues")
                let media = try #require(elements.position(of: ContainerElements.cluster), "\(recording): no cluster")
                #expect(index < media, "\(recording): the index is behind the media")
                // One entry for each keyframe, or for each cluster where there is no picture.
                let points = report.video?.keyframes ?? elements.count(of: ContainerElements.cluster)
                #expect(elements.count(of: ContainerElements.cuePoint) == points, "\(recording)")
            }
        }
    }

    @Test("seeks to the middle at the keyframe before it", arguments: Screening.recordings)
    func entering(_ recording: String) async throws {
        try await Screening.withPlaybackCopy(of: recording) { copy, report in
            let middle = Double(try #require(report.durationMs)) / 2000
            let stream = report.video == nil ? "a" : "v"
            let probe = try await probe(
                copy, "-select_streams", stream, "-read_intervals", "\(middle)%+#1", "-show_entries", "packet=pts_time")
            let first = try #require(probe.packets?.first.flatMap { Double($0.time) }, "\(recording): no packet there")
            // A picture with a single keyframe is entered there; sound alone has an entry for each cluster.
            let reach = (report.video?.keyframeGapMaxMs).map(Double.init) ?? (report.video == nil ? 6_000 : middle * 1000)
            #expect(first <= middle + 0.05 && first >= middle - reach / 1000 - 0.05, "\(recording): \(first) for \(middle) s")
        }
    }

    @Test func `There are recordings to test`() {
        #expect(Screening.recordings.count >= 18)
    }
}
