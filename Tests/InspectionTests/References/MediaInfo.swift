import Foundation
import Subprocess
import SystemPackage

/// What the `mediainfo` program, which shares no code with FFmpeg, says of a recording.
struct MediaInfo: Decodable {
    struct Track: Decodable {
        var kind: String
        var format: String?
        var duration: String?
        var frames: String?
        var width: String?
        var height: String?
        var sampleRate: String?
        var channels: String?

        enum CodingKeys: String, CodingKey {
            case kind = "@type"
            case format = "Format"
            case duration = "Duration"
            case frames = "FrameCount"
            case width = "Width"
            case height = "Height"
            case sampleRate = "SamplingRate"
            case channels = "Channels"
        }
    }

    private struct Media: Decodable {
        var track: [Track]
    }

    private var media: Media

    func track(_ kind: String) -> Track? { media.track.first { $0.kind == kind } }

    static func of(_ path: FilePath) async throws -> MediaInfo {
        let result = try await Subprocess.run(
            .name("mediainfo"), arguments: ["--Output=JSON", path.string], output: .string(limit: 1 << 20), error: .discarded)
        return try JSONDecoder().decode(MediaInfo.self, from: Data(result.standardOutput.utf8))
    }
}
