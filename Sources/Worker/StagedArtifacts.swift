import Inspectors
import Recordings
import Storage

/// The empty files of one inspection, staged in storage. Those that are not published are removed when this is released.
struct StagedArtifacts: ~Copyable {
    private let storage: any RecordingStorage
    private var poster: StagedArtifact?
    private var storyboard: StagedArtifact?
    private var waveform: StagedArtifact?
    private var playback: StagedArtifact?

    init(in storage: any RecordingStorage) async throws(StorageError) {
        self.storage = storage
        poster = try await storage.stageArtifact()
        storyboard = try await storage.stageArtifact()
        waveform = try await storage.stageArtifact()
        playback = try await storage.stageArtifact()
    }

    /// What an inspector may write to while this lives.
    var descriptors: ArtifactDescriptors {
        ArtifactDescriptors(
            poster: poster?.descriptor, storyboard: storyboard?.descriptor, waveform: waveform?.descriptor, playback: playback?.descriptor)
    }

    private mutating func take(_ kind: ArtifactKind) -> StagedArtifact? {
        switch kind {
        case .poster: poster.take()
        case .storyboard: storyboard.take()
        case .waveform: waveform.take()
        case .playback: playback.take()
        case .storyboardTrack: nil
        }
    }
}

extension StagedArtifacts: ArtifactSink {
    mutating func publish(_ kind: ArtifactKind, mediaType: String) async throws -> ArtifactFile {
        guard let staged = take(kind) else { throw PublishingError(kind: kind) }
        return try await publish(staged, mediaType: mediaType)
    }

    mutating func publish(_ kind: ArtifactKind, mediaType: String, text: String) async throws -> ArtifactFile {
        let staged = try await storage.stageArtifact()
        try staged.descriptor.writeAll(text.utf8)
        return try await publish(staged, mediaType: mediaType)
    }

    private func publish(_ staged: consuming StagedArtifact, mediaType: String) async throws -> ArtifactFile {
        let ending = MediaType.fileExtension(ofArtifact: mediaType).flatMap { FileExtension($0) }
        let stored = try await storage.publish(staged, fileExtension: ending)
        return ArtifactFile(file: stored.key.string, mediaType: mediaType, bytes: stored.bytes, sha256: stored.sha256)
    }
}

/// A report named the same artifact twice, or one that has no file. A fault of ours.
struct PublishingError: Error, CustomStringConvertible {
    var kind: ArtifactKind

    var description: String { "The \(kind.rawValue) has no staged file to publish." }
}
