/// One still picture to recognise the answer by: a JPEG, at most `longestSide` pixels on its longer side.
public struct Poster: Hashable, Sendable, Codable {
    /// The longer side at most, in pixels. 1280 is the width of 720p, the usual size of a browser's recording: such a poster is not scaled.
    /// Both sides of the socket read it: the inspector scales to it, and the worker refuses a report with a larger poster.
    public static let longestSide = 1280

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
