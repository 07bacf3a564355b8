internal import FFmpeg
internal import Recordings

/// Everything that was measured of one recording, on its own clock. The flags are a function of this and nothing else.
struct Measurements {
    var durationMs: Int
    var container: Container
    var video: VideoTrack?
    var audio: AudioTrack?
    var pictures: PictureMeasurement?
    var mutedRatio: Double?
    var lastSoundEndMs: Int?
    var structure = ContainerStructure()
    var actualBytes: Int64 = 0
    var declaredBytes: Int64?
    /// The length that the header claims for the chosen streams.
    var promisedMs: Int?
    /// The recording's start on the container's own clock.
    var containerStartMs = 0
    /// Stretches in which no stream has anything.
    var holes: [Span] = []
    /// Stretches whose packets are nothing but zeros.
    var zeroed: [Span] = []
    /// Stretches longer than `FlagThresholds.stall` without a new frame, up to the end of the recording.
    var stalls: [Span] = []
    var decodedPackets = 0
    var failedPackets = 0
}
