/// One JPEG sheet of small pictures over the length of the answer, with a WebVTT track that says which tile shows when.
public struct Storyboard: Hashable, Sendable, Codable {
    public struct Tile: Hashable, Sendable, Codable {
        /// The true time of the tile's frame.
        public var atMs: Int

        public init(atMs: Int) {
            self.atMs = atMs
        }

        enum CodingKeys: String, CodingKey {
            case atMs = "at_ms"
        }
    }

    /// Tiles at most. A hundred show ten minutes at one picture every six seconds, and the sheet stays below 1 MB.
    public static let tilesAtMost = 100
    /// Tiles in a row at most. A hundred tiles are then a square of ten rows, which every browser decodes.
    public static let columnsAtMost = 10
    /// The longer side of a tile at most, in pixels: what a preview beside the mouse needs.
    public static let longestTileSide = 160

    public var file: ArtifactFile
    /// The sheet's size in pixels.
    public var width: Int
    public var height: Int
    public var tileWidth: Int
    public var tileHeight: Int
    public var columns: Int
    /// Row by row, in the order of time.
    public var tiles: [Tile]
    /// The WebVTT track. The program that stores the artifacts writes it from `tiles`; an inspector leaves it `nil`.
    public var vtt: ArtifactFile?

    public init(
        file: ArtifactFile, width: Int, height: Int, tileWidth: Int, tileHeight: Int, columns: Int, tiles: [Tile], vtt: ArtifactFile? = nil
    ) {
        self.file = file
        self.width = width
        self.height = height
        self.tileWidth = tileWidth
        self.tileHeight = tileHeight
        self.columns = columns
        self.tiles = tiles
        self.vtt = vtt
    }

    enum CodingKeys: String, CodingKey {
        case width, height
        case tileWidth = "tile_width"
        case tileHeight = "tile_height"
        case columns, tiles, vtt
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        file = try ArtifactFile(from: decoder)
        width = try values.decode(Int.self, forKey: .width)
        height = try values.decode(Int.self, forKey: .height)
        tileWidth = try values.decode(Int.self, forKey: .tileWidth)
        tileHeight = try values.decode(Int.self, forKey: .tileHeight)
        columns = try values.decode(Int.self, forKey: .columns)
        tiles = try values.decode([Tile].self, forKey: .tiles)
        vtt = try values.decodeIfPresent(ArtifactFile.self, forKey: .vtt)
    }

    public func encode(to encoder: any Encoder) throws {
        try file.encode(to: encoder)
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(width, forKey: .width)
        try values.encode(height, forKey: .height)
        try values.encode(tileWidth, forKey: .tileWidth)
        try values.encode(tileHeight, forKey: .tileHeight)
        try values.encode(columns, forKey: .columns)
        try values.encode(tiles, forKey: .tiles)
        try values.encode(vtt, forKey: .vtt)
    }
}
