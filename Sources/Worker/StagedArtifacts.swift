import Inspectors
import Recordings
import Storage
import SystemPackage

/// The empty artifact files of one inspection, staged in storage. Files that were not published are removed when this value is released.
struct StagedArtifacts: ~Copyable {
    private let storage: any RecordingStorage
    private var poster: StagedArtifact?
    private var storyboard: StagedArtifact?
    private var waveform: StagedArtifact?
    private var playback: StagedArtifact?

    /// The files that an inspector may write to. Valid as long as this value.
    let descriptors: ArtifactDescriptors

    init(in storage: any RecordingStorage) async throws(StorageError) {
        let poster = try await storage.stageArtifact()
        let storyboard = try await storage.stageArtifact()
        let waveform = try await storage.stageArtifact()
        let playback = try await storage.stageArtifact()
        self.storage = storage
        descriptors = ArtifactDescriptors(
            poster: poster.descriptor, storyboard: storyboard.descriptor, waveform: waveform.descriptor, playback: playback.descriptor)
        self.poster = consume poster
        self.storyboard = consume storyboard
        self.waveform = consume waveform
        self.playback = consume playback
    }

    private mutating func take(_ kind: ArtifactKind) -> StagedArtifact? {
        switch kind {
        case .poster: poster.take()
        case .storyboard: storyboard.take()
        case .waveform: waveform.take()
        case .playback: playback.take()
        case .storyboardTrack, .rendition: nil
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
