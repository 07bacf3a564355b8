/// One still picture to recognise the answer by: JPEG, at most 1280 pixels on its longer side.
public struct Poster: Hashable, Sendable, Codable {
    public var file: ArtifactFile
    public var width: Int
    public var height: Int
    /// The true time of the frame.
    public var atMs: Int

    public init(file: ArtifactFile, width: Int, height: Int, atMs: Int) {
        self.file = file
        self.width = width
        self.height = height
        self.atMs = atMs
    }

    enum CodingKeys: String, CodingKey {
        case width, height
        case atMs = "at_ms"
    }

    // The file's fields stand beside the others in JSON, not below a key of their own.
    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        file = try ArtifactFile(from: decoder)
        width = try values.decode(Int.self, forKey: .width)
        height = try values.decode(Int.self, forKey: .height)
        atMs = try values.decode(Int.self, forKey: .atMs)
    }

    public func encode(to encoder: any Encoder) throws {
        try file.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(width, forKey: .width)
        try values.encode(height, forKey: .height)
        try values.encode(atMs, forKey: .atMs)
    }
}
