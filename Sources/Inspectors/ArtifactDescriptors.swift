internal import InspectorChannel
internal import Recordings
public import SystemPackage

/// Where the files made from a recording are written: empty files, open for reading and writing, that the caller owns and
/// closes. What has no descriptor is not made.
///
/// The child gets duplicates, so it can write until it ends; `InspectorPool.inspect` returns only after that.
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

    var byKind: [ArtifactKind: FileDescriptor] {
        let all: [(ArtifactKind, FileDescriptor?)] = [
            (.poster, poster), (.storyboard, storyboard), (.waveform, waveform), (.playback, playback),
        ]
        return all.reduce(into: [:]) { files, entry in files[entry.0] = entry.1 }
    }
}
