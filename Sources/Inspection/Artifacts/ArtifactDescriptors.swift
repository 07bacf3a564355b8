public import SystemPackage

/// Where the files made from a recording are written: empty files, open for reading and writing, that the caller owns and
/// closes. What has no descriptor is not made.
public struct ArtifactDescriptors: Sendable {
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
}
