public import Recordings

/// Takes the files that an inspector made and gives each its final name.
public protocol ArtifactSink: ~Copyable {
    /// Makes the file that was lent for `kind` visible, whole.
    mutating func publish(_ kind: ArtifactKind, mediaType: String) async throws -> ArtifactFile

    /// Makes a small text of our own visible.
    mutating func publish(_ kind: ArtifactKind, mediaType: String, text: String) async throws -> ArtifactFile
}

extension Report {
    /// The name by which a storyboard's track calls its sheet: whoever serves the two lays them side by side under these names.
    public static let sheetName = "storyboard.jpg"

    /// Publishes every artifact that the report names and fills in where it is. The storyboard's track is written here, from
    /// the tiles that were checked, so that nothing an inspector wrote is ever parsed by a browser as text.
    /// - Throws: what the sink throws; then some artifacts may be visible, and the report must not be used.
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

/// A report named the same artifact twice, or one that has no file. A fault of ours.
public struct PublishingError: Error, CustomStringConvertible {
    public var kind: ArtifactKind

    public init(kind: ArtifactKind) {
        self.kind = kind
    }

    public var description: String { "The \(kind.rawValue) has no staged file to publish." }
}
