/// What an inspector found out about one recording: the wire form between inspector and worker, the JSON that
/// `dailies inspect` prints, and what a review record stores whole.
///
/// All times are whole milliseconds from the recording's start, the earliest timestamp of any used stream. What is not
/// known is `nil`, written as `null`: never 0, -1 or an empty text.
public struct Report: Hashable, Sendable, Codable {
    public static let currentSchema = "dailies.report/1"

    public enum Outcome: String, Hashable, Sendable, Codable {
        case usable, unusable
    }

    public enum DurationSource: String, Hashable, Sendable, Codable {
        /// Measured: from the first packet's start to the last packet's end.
        case packets
        /// Claimed by the header, because the packets carry no usable times.
        case header
    }

    public var schema: String
    public var outcome: Outcome
    /// Why the recording is unusable; `nil` exactly when it is usable.
    public var reason: UnusableReason?
    public var container: Container
    public var durationMs: Int?
    public var durationSource: DurationSource?
    public var video: VideoTrack?
    public var audio: AudioTrack?
    public var flags: [Flag]
    public var artifacts: ReportArtifacts
    /// Wall time of each stage of the inspection, by the stage's name. For people who tune; never for decisions.
    public var timingsMs: [String: Double]

    public init(
        outcome: Outcome, reason: UnusableReason? = nil, container: Container, durationMs: Int? = nil,
        durationSource: DurationSource? = nil, video: VideoTrack? = nil, audio: AudioTrack? = nil, flags: [Flag] = [],
        artifacts: ReportArtifacts = ReportArtifacts(), timingsMs: [String: Double] = [:]
    ) {
        self.schema = Self.currentSchema
        self.outcome = outcome
        self.reason = reason
        self.container = container
        self.durationMs = durationMs
        self.durationSource = durationSource
        self.video = video
        self.audio = audio
        self.flags = flags
        self.artifacts = artifacts
        self.timingsMs = timingsMs
    }

    /// A report that says nothing but why the recording cannot be used.
    public static func unusable(_ reason: UnusableReason, container: Container) -> Report {
        Report(outcome: .unusable, reason: reason, container: container)
    }

    enum CodingKeys: String, CodingKey {
        case schema, outcome, reason, container
        case durationMs = "duration_ms"
        case durationSource = "duration_source"
        case video, audio, flags, artifacts
        case timingsMs = "timings_ms"
    }

    // Written out, here and below, because a synthesized `encode` leaves `nil` out, and readers are promised `null`.
    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(schema, forKey: .schema)
        try values.encode(outcome, forKey: .outcome)
        try values.encode(reason, forKey: .reason)
        try values.encode(container, forKey: .container)
        try values.encode(durationMs, forKey: .durationMs)
        try values.encode(durationSource, forKey: .durationSource)
        try values.encode(video, forKey: .video)
        try values.encode(audio, forKey: .audio)
        try values.encode(flags, forKey: .flags)
        try values.encode(artifacts, forKey: .artifacts)
        try values.encode(timingsMs, forKey: .timingsMs)
    }
}
