internal import FFmpeg
internal import Recordings

/// Writes the poster, the storyboard and the waveform after the last packet.
struct ArtifactMaker {
    let descriptors: ArtifactDescriptors
    let clock: RecordingClock

    /// Makes all artifacts but the playback copy, which the pass writes itself. A picture that cannot be made is left out.
    func make(pictures: PictureAnalyser?, sound: SoundAnalyser?, heard: SoundMeasurement?) throws(InspectionError) -> ReportArtifacts {
        ReportArtifacts(
            poster: try poster(pictures), storyboard: try storyboard(pictures), waveform: try waveform(sound, heard))
    }

    private func poster(_ pictures: PictureAnalyser?) throws(InspectionError) -> Poster? {
        guard let descriptor = descriptors.poster, let best = try? pictures?.renderPoster(),
            let bytes = try? JPEGEncoder.encode(best.picture)
        else { return nil }
        try ArtifactWriter.write(bytes, to: descriptor, .poster)
        return Poster(
            file: ArtifactFile(mediaType: MediaType.jpeg), width: best.picture.width, height: best.picture.height,
            atMs: clock.ms(best.time))
    }

    private func storyboard(_ pictures: PictureAnalyser?) throws(InspectionError) -> Storyboard? {
        guard let descriptor = descriptors.storyboard, let sheet = pictures?.sheet, let picture = try? sheet.render(),
            let bytes = try? JPEGEncoder.encode(picture)
        else { return nil }
        try ArtifactWriter.write(bytes, to: descriptor, .storyboard)
        return Storyboard(
            file: ArtifactFile(mediaType: MediaType.jpeg), width: picture.width, height: picture.height, tileWidth: sheet.size.width,
            tileHeight: sheet.size.height, columns: Storyboard.columnsAtMost,
            tiles: sheet.tiles.map { Storyboard.Tile(atMs: clock.ms($0.time)) })
    }

    private func waveform(_ sound: SoundAnalyser?, _ heard: SoundMeasurement?) throws(InspectionError) -> Waveform? {
        guard let descriptor = descriptors.waveform, let outline = sound?.outline, let heard, outline.points > 0 else { return nil }
        let bytes = outline.json(sampleRate: heard.sampleRate, samplesPerBlock: heard.samplesPerBlock)
        try ArtifactWriter.write(bytes, to: descriptor, .waveform)
        return Waveform(
            file: ArtifactFile(mediaType: MediaType.json), points: outline.points,
            samplesPerPoint: heard.samplesPerBlock * outline.blocksPerPoint, sampleRate: heard.sampleRate)
    }
}
