public import NullableJSON

/// What an inspector found out about one recording. The inspector sends it to the worker as JSON, `dailies inspect` prints it, and a
/// review record stores it whole.
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
    @OrNull public var reason: UnusableReason?
    public var container: Container
    @OrNull public var durationMs: Int?
    @OrNull public var durationSource: DurationSource?
    @OrNull public var video: VideoTrack?
    @OrNull public var audio: AudioTrack?
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
}
