/// What one inspection may cost at most. One place, configurable, sent to the inspector with each recording.
public struct InspectionLimits: Hashable, Sendable, Codable {
    /// Size of the recording. An hour of 1080p from a phone is about 7 GB; answers are minutes.
    public var recordingBytes: Int64 = 4 << 30
    /// Length of the answer.
    public var durationSeconds: Int = 4 * 3600
    /// Pixels of one coded picture: 8K UHD, twice what phones record.
    public var pixels: Int = 7680 * 4320
    /// Streams in the file. Phones write up to 8.
    public var streams: Int = 32
    /// Packets in the file: four hours of 120 frames a second with sound are 2.5 million.
    public var packets: Int = 4_000_000
    /// Size of each artifact. The playback copy is about as large as the recording.
    public var artifactBytes: Int64 = 5 << 30
    /// Size of the report's JSON.
    public var reportBytes: Int = 4 << 20
    /// From the start of the child to its report, by the parent's clock.
    public var wallSeconds: Int = 300
    /// Of the child. Reading costs about 3 ms for each second of 720p; ten minutes is 200 times the usual.
    public var cpuSeconds: Int = 240
    /// Address space that the child may add to what the fork server had mapped.
    public var memoryBytes: Int64 = 1 << 30

    public init() {}

    /// The limits of a rendition, derived from these, which are an inspection's.
    ///
    /// Decoding and encoding every frame takes about the length of the answer for 1080p, and six times that for 8K at 60 frames a second,
    /// on one core of 2020; a minute more is for starting and for short answers. Wall time is three times that, because renditions run at
    /// a low priority. Decoders keep up to 17 pictures, 50 MB each in 8K.
    /// - Parameter durationMs: the length of the answer.
    public func forRendition(durationMs: Int) -> InspectionLimits {
        var limits = self
        let seconds = min(max(0, durationMs), durationSeconds * 1000) / 1000
        limits.cpuSeconds = max(cpuSeconds, min(60 + 8 * seconds, 4 * 3600))
        limits.wallSeconds = max(wallSeconds, 3 * limits.cpuSeconds)
        limits.memoryBytes = max(memoryBytes, 3 << 29)
        return limits
    }

    enum CodingKeys: String, CodingKey {
        case recordingBytes = "recording_bytes"
        case durationSeconds = "duration_seconds"
        case pixels, streams, packets
        case artifactBytes = "artifact_bytes"
        case reportBytes = "report_bytes"
        case wallSeconds = "wall_seconds"
        case cpuSeconds = "cpu_seconds"
        case memoryBytes = "memory_bytes"
    }
}
