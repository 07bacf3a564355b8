public import NullableJSON

/// One named technical finding. A flag describes the recording, never the candidate.
public struct Flag: Hashable, Sendable, Codable {
    public enum Severity: String, Hashable, Sendable, Codable, CaseIterable {
        /// The answer cannot be judged fairly as it is.
        case fault
        /// A reviewer should know, and can still judge.
        case warning
    }

    /// The closed list of findings. The raw value is the name in JSON, SQL and the site.
    public enum Name: String, Hashable, Sendable, Codable, CaseIterable {
        case noVideo = "no_video"
        case noAudio = "no_audio"
        case micMuted = "mic_muted"
        case cameraCovered = "camera_covered"
        case videoFrozen = "video_frozen"
        case stalled
        case truncated
        /// Bytes are missing inside the container, or the bytes have another SHA-256 than the sender announced.
        case dataMissing = "data_missing"
        case audioClipped = "audio_clipped"
        case audioQuiet = "audio_quiet"
        case audioLoud = "audio_loud"
        case leadingSilence = "leading_silence"
        case trailingSilence = "trailing_silence"
        case mostlySilent = "mostly_silent"
        case avOffset = "av_offset"
        case lowFrameRate = "low_frame_rate"
        case sizeChanged = "size_changed"
        case typeMismatch = "type_mismatch"
        case tooShort = "too_short"
        case hdr
        case decodeErrors = "decode_errors"
    }

    public var name: Name
    public var severity: Severity
    /// The measured value that raised the flag, in the flag's own unit (a ratio, milliseconds, LUFS); `nil` where there is none.
    @OrNull public var value: Double?
    /// Where in the recording; empty when it concerns the whole.
    public var spans: [Span]

    public init(_ name: Name, _ severity: Severity, value: Double? = nil, spans: [Span] = []) {
        self.name = name
        self.severity = severity
        self.value = value
        self.spans = spans
    }

    enum CodingKeys: String, CodingKey {
        case name, severity, value, spans
    }
}
