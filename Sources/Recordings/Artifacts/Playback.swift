/// A copy of the recording that a browser plays and seeks: the same packets in a container with duration and index.
public struct Playback: Hashable, Sendable, Codable {
    public var file: ArtifactFile
    public var durationMs: Int

    public init(file: ArtifactFile, durationMs: Int) {
        self.file = file
        self.durationMs = durationMs
    }

    enum CodingKeys: String, CodingKey {
        case durationMs = "duration_ms"
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        file = try ArtifactFile(from: decoder)
        durationMs = try values.decode(Int.self, forKey: .durationMs)
    }

    public func encode(to encoder: any Encoder) throws {
        try file.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(durationMs, forKey: .durationMs)
    }
}
