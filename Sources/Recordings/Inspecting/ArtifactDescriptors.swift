public import SystemPackage

/// Where the artifacts of one inspection are written: empty files, open for reading and writing. The caller owns and closes them. An
/// artifact without a descriptor is not made.
public struct ArtifactDescriptors: Hashable, Sendable {
    public var poster: FileDescriptor?
    public var storyboard: FileDescriptor?
    public var waveform: FileDescriptor?
    public var playback: FileDescriptor?

    public init(
        poster: FileDescriptor? = nil, storyboard: FileDescriptor? = nil, waveform: FileDescriptor? = nil,
        playback: FileDescriptor? = nil
    ) {
        self.poster = poster
        self.storyboard = storyboard
        self.waveform = waveform
        self.playback = playback
    }

    /// Takes the artifacts of an inspection out of a table of files; other kinds are left out.
    public init(byKind files: [ArtifactKind: FileDescriptor]) {
        self.init(
            poster: files[.poster], storyboard: files[.storyboard], waveform: files[.waveform], playback: files[.playback])
    }

    public var byKind: [ArtifactKind: FileDescriptor] {
        let all: [(ArtifactKind, FileDescriptor?)] = [
            (.poster, poster), (.storyboard, storyboard), (.waveform, waveform), (.playback, playback),
        ]
        return all.reduce(into: [:]) { files, entry in files[entry.0] = entry.1 }
    }
}
