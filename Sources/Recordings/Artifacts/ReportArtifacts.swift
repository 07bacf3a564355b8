public import NullableJSON

/// The artifacts of a recording. Each is `nil` where the recording has nothing to make it from.
public struct ReportArtifacts: Hashable, Sendable, Codable {
    @OrNull public var poster: Poster?
    @OrNull public var storyboard: Storyboard?
    @OrNull public var waveform: Waveform?
    @OrNull public var playback: Playback?

    public init(poster: Poster? = nil, storyboard: Storyboard? = nil, waveform: Waveform? = nil, playback: Playback? = nil) {
        self.poster = poster
        self.storyboard = storyboard
        self.waveform = waveform
        self.playback = playback
    }

    enum CodingKeys: String, CodingKey {
        case poster, storyboard, waveform, playback
    }
}
