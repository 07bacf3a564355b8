public import FoundationEssentials

/// A copy of the recording that every browser plays and seeks: H.264 and AAC in MP4, encoded anew, for recordings of which no
/// `Playback` can be made.
public struct Rendition: Hashable, Sendable, Codable {
    /// The longer side of its picture at most, in pixels: 720p, in which a face and a shared screen are clear, at a quarter of the cost
    /// of encoding 1440p.
    public static let longestSide = 1280
    /// Frames a second at most: what browsers record. More is not needed for somebody who speaks.
    public static let fastestRate = 30

    public var file: ArtifactFile
    /// Of the picture as displayed, both even; `nil` for sound alone.
    public var width: Int?
    public var height: Int?
    public var durationMs: Int

    public init(file: ArtifactFile, width: Int?, height: Int?, durationMs: Int) {
        self.file = file
        self.width = width
        self.height = height
        self.durationMs = durationMs
    }

    enum CodingKeys: String, CodingKey {
        case width, height
        case durationMs = "duration_ms"
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        file = try ArtifactFile(from: decoder)
        width = try values.decode(Int?.self, forKey: .width)
        height = try values.decode(Int?.self, forKey: .height)
        durationMs = try values.decode(Int.self, forKey: .durationMs)
    }

    public func encode(to encoder: any Encoder) throws {
        try file.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(width, forKey: .width)
        try values.encode(height, forKey: .height)
        try values.encode(durationMs, forKey: .durationMs)
    }

    /// As one JSON object.
    public func json() throws -> Data {
        try JSONEncoder().encode(self)
    }
}
