extension ReportArtifacts {
    func validate(_ check: ReportCheck) throws(ReportDefect) {
        try poster?.validate(check)
        try storyboard?.validate(check)
        try waveform?.validate(check)
        try playback?.validate(check)
    }
}

extension ArtifactFile {
    /// The media type is sent to browsers. It must be one of `types`, so that an inspector cannot turn an artifact into a page or a
    /// script.
    func validate(_ field: String, types: [String], _ check: ReportCheck) throws(ReportDefect) {
        try check.require(types.contains(mediaType), "\(field).media_type", "is not one that this artifact has")
        try check.require(file == nil && bytes == nil && sha256 == nil, field, "holds what only the file's owner measures")
    }
}

extension Poster {
    fileprivate func validate(_ check: ReportCheck) throws(ReportDefect) {
        try file.validate("artifacts.poster", types: [MediaType.jpeg], check)
        try check.count(width, "artifacts.poster.width", in: 1...Self.longestSide)
        try check.count(height, "artifacts.poster.height", in: 1...Self.longestSide)
        try check.moment(atMs, "artifacts.poster.at_ms")
    }
}

extension Storyboard {
    fileprivate func validate(_ check: ReportCheck) throws(ReportDefect) {
        let field = "artifacts.storyboard"
        try file.validate(field, types: [MediaType.jpeg], check)
        try check.require(vtt == nil, "\(field).vtt", "is not for an inspector to write")
        try check.count(tiles.count, "\(field).tiles", in: 1...Self.tilesAtMost)
        try check.count(columns, "\(field).columns", in: 1...Self.columnsAtMost)
        try check.count(tileWidth, "\(field).tile_width", in: 1...Self.longestTileSide)
        try check.count(tileHeight, "\(field).tile_height", in: 1...Self.longestTileSide)
        let rows = (tiles.count + columns - 1) / columns
        // A sheet of a single row may end with its last tile.
        let widths = [columns * tileWidth, min(columns, tiles.count) * tileWidth]
        try check.require(widths.contains(width), "\(field).width", "does not fit its tiles")
        try check.require(height == rows * tileHeight, "\(field).height", "does not fit its tiles")
        var previousMs = 0
        for tile in tiles {
            try check.moment(tile.atMs, "\(field).tiles")
            try check.require(tile.atMs >= previousMs, "\(field).tiles", "is not in order")
            previousMs = tile.atMs
        }
    }
}

extension Waveform {
    fileprivate func validate(_ check: ReportCheck) throws(ReportDefect) {
        try file.validate("artifacts.waveform", types: [MediaType.json], check)
        try check.count(points, "artifacts.waveform.points", in: 1...Self.pointsAtMost)
        try check.count(samplesPerPoint, "artifacts.waveform.samples_per_point", in: 1...1 << 40)
        try check.count(sampleRate, "artifacts.waveform.sample_rate", in: 1...AudioTrack.sampleRates.upperBound)
    }
}

extension Playback {
    fileprivate func validate(_ check: ReportCheck) throws(ReportDefect) {
        let types = [MediaType.webMVideo, MediaType.webMAudio, MediaType.mp4Video, MediaType.mp4Audio]
        try file.validate("artifacts.playback", types: types, check)
        try check.moment(durationMs, "artifacts.playback.duration_ms")
    }
}
