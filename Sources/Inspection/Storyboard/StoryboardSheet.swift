internal import FFmpeg
internal import Recordings

/// Collects small pictures over the length of the answer, never more than `Storyboard.tilesAtMost`: when the sheet is full, every second
/// tile is dropped, and from then on only every second, fourth, … keyframe is taken.
struct StoryboardSheet {
    struct Tile {
        var time: Microseconds
        var picture: Picture
    }

    /// All tiles have the first one's size, which the sheet's layout needs.
    let size: DisplayedSize
    private(set) var tiles: [Tile] = []
    private var stride = 1
    private var offered = 0

    init(size: DisplayedSize) {
        self.size = size
    }

    /// Whether the next keyframe would be taken. Ask once for each.
    mutating func wantsNext() -> Bool {
        defer { offered += 1 }
        return offered % stride == 0
    }

    mutating func add(_ tile: Tile) {
        if tiles.count == Storyboard.tilesAtMost {
            tiles = tiles.enumerated().filter { $0.offset % 2 == 0 }.map(\.element)
            stride *= 2
        }
        insert(tile)
    }

    /// Adds a picture from between keyframes. A full sheet gives up the tile that is missed least: the one whose neighbours are
    /// nearest to each other.
    mutating func fill(_ tile: Tile) {
        if tiles.count == Storyboard.tilesAtMost {
            let inner = tiles.indices.dropFirst().dropLast()
            let least = inner.min { tiles[$0 + 1].time - tiles[$0 - 1].time < tiles[$1 + 1].time - tiles[$1 - 1].time }
            if let least { tiles.remove(at: least) }
        }
        insert(tile)
    }

    private mutating func insert(_ tile: Tile) {
        // In the order of time, also where the recording's own times run backwards.
        let place = tiles.lastIndex { $0.time <= tile.time }.map { $0 + 1 } ?? 0
        tiles.insert(tile, at: place)
    }

    /// One picture of all tiles, row by row; `nil` when there is none.
    func render() throws(FFmpegError) -> Picture? {
        guard !tiles.isEmpty else { return nil }
        let columns = min(tiles.count, Storyboard.columnsAtMost)
        let rows = (tiles.count + Storyboard.columnsAtMost - 1) / Storyboard.columnsAtMost
        let sheet = try Picture(width: columns * size.width, height: rows * size.height)
        for (index, tile) in tiles.enumerated() {
            sheet.place(tile.picture, x: index % Storyboard.columnsAtMost * size.width, y: index / Storyboard.columnsAtMost * size.height)
        }
        return sheet
    }
}
