extension Storyboard {
    /// The WebVTT track of this sheet: contiguous cues from 0 to exactly `durationMs`, each naming its tile by a media
    /// fragment (`#xywh=x,y,w,h`, W3C Media Fragments 1.0).
    ///
    /// A cue changes halfway between two tiles' frames, so that a tile is shown where it is the nearest picture there is.
    /// - Parameters:
    ///   - image: the sheet's address as the track's reader resolves it.
    ///   - durationMs: the answer's length; no cue is longer than the answer.
    public func webVTT(image: String, durationMs: Int) -> String {
        var text = "WEBVTT\n"
        var from = 0
        for (index, tile) in tiles.enumerated() {
            let next = tiles.indices.contains(index + 1) ? (tile.atMs + tiles[index + 1].atMs) / 2 : durationMs
            let to = index == tiles.count - 1 ? durationMs : min(next, durationMs)
            guard to > from else { continue }
            let x = index % columns * tileWidth
            let y = index / columns * tileHeight
            text += "\n\(Self.clock(from)) --> \(Self.clock(to))\n\(image)#xywh=\(x),\(y),\(tileWidth),\(tileHeight)\n"
            from = to
        }
        return text
    }

    /// `HH:MM:SS.mmm`, WebVTT's timestamp.
    private static func clock(_ ms: Int) -> String {
        func padded(_ value: Int, _ width: Int) -> String {
            let digits = String(value)
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        return "\(padded(ms / 3_600_000, 2)):\(padded(ms / 60_000 % 60, 2)):\(padded(ms / 1000 % 60, 2)).\(padded(ms % 1000, 3))"
    }
}
