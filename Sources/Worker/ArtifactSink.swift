public import Recordings

/// Takes the files that an inspector made and gives each its final name.
public protocol ArtifactSink: ~Copyable {
    /// Makes the finished file of `kind` visible.
    mutating func publish(_ kind: ArtifactKind, mediaType: String) async throws -> ArtifactFile

    /// Makes a small text visible that this program wrote.
    mutating func publish(_ kind: ArtifactKind, mediaType: String, text: String) async throws -> ArtifactFile
}

extension Report {
    /// The name that a storyboard's track uses for its sheet. A server must offer both files side by side under these names.
    public static let sheetName = "storyboard.jpg"

    /// Publishes every artifact that the report names and fills in where it is. The storyboard's track is written here, from
    /// the tiles that were checked, so that nothing an inspector wrote is ever parsed by a browser as text.
    /// - Throws: what the sink throws. Then some artifacts may be visible, and the report must not be used.
    public mutating func publishArtifacts(into sink: inout some ArtifactSink & ~Copyable) async throws {
        if let poster = artifacts.poster {
            artifacts.poster?.file = try await sink.publish(.poster, mediaType: poster.file.mediaType)
        }
        if let storyboard = artifacts.storyboard {
            artifacts.storyboard?.file = try await sink.publish(.storyboard, mediaType: storyboard.file.mediaType)
            let track = storyboard.webVTT(image: Self.sheetName, durationMs: durationMs ?? 0)
            artifacts.storyboard?.vtt = try await sink.publish(.storyboardTrack, mediaType: "text/vtt", text: track)
        }
        if let waveform = artifacts.waveform {
            artifacts.waveform?.file = try await sink.publish(.waveform, mediaType: waveform.file.mediaType)
        }
        if let playback = artifacts.playback {
            artifacts.playback?.file = try await sink.publish(.playback, mediaType: playback.file.mediaType)
        }
    }
}
