public import NullableJSON

/// The sound of a recording.
public struct AudioTrack: Hashable, Sendable, Codable {
    /// Channels at most. No recorder of answers has more; each would only cost time.
    public static let channelsAtMost = 8
    /// Samples a second: from less than a telephone carries to the highest rate that studios record with.
    public static let sampleRates = 1_000...768_000

    public var codec: String
    public var channels: Int
    public var sampleRate: Int
    public var startMs: Int
    public var endMs: Int
    /// Integrated loudness after EBU R 128; `nil` when every block lies below its absolute gate of -70 LUFS.
    @OrNull public var loudnessLufs: Double?
    @OrNull public var loudnessRangeLu: Double?
    /// The highest sample relative to full scale; `nil` for digital silence. Lossy codecs may decode above 0.
    @OrNull public var peakDbfs: Double?
    /// The share of samples that are clipped: in runs of at least 3 at 0.99 of full scale or more.
    @OrNull public var clippedRatio: Double?
    /// The share of the answer's time that is not silent.
    @OrNull public var speechRatio: Double?
    /// When the first sound begins; `nil` when there is none.
    @OrNull public var firstSoundMs: Int?
    public var silences: [Span]

    public init(
        codec: String, channels: Int, sampleRate: Int, startMs: Int, endMs: Int, loudnessLufs: Double? = nil,
        loudnessRangeLu: Double? = nil, peakDbfs: Double? = nil, clippedRatio: Double? = nil, speechRatio: Double? = nil,
        firstSoundMs: Int? = nil, silences: [Span] = []
    ) {
        self.codec = codec
        self.channels = channels
        self.sampleRate = sampleRate
        self.startMs = startMs
        self.endMs = endMs
        self.loudnessLufs = loudnessLufs
        self.loudnessRangeLu = loudnessRangeLu
        self.peakDbfs = peakDbfs
        self.clippedRatio = clippedRatio
        self.speechRatio = speechRatio
        self.firstSoundMs = firstSoundMs
        self.silences = silences
    }

    enum CodingKeys: String, CodingKey {
        case codec, channels
        case sampleRate = "sample_rate"
        case startMs = "start_ms"
        case endMs = "end_ms"
        case loudnessLufs = "loudness_lufs"
        case loudnessRangeLu = "loudness_range_lu"
        case peakDbfs = "peak_dbfs"
        case clippedRatio = "clipped_ratio"
        case speechRatio = "speech_ratio"
        case firstSoundMs = "first_sound_ms"
        case silences
    }
}
