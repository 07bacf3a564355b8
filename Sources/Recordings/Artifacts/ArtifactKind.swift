/// The kinds of files that are made from a recording. The raw value is the name in SQL and JSON.
public enum ArtifactKind: String, Hashable, Sendable, Codable, CaseIterable {
    case poster
    case storyboard
    case storyboardTrack = "storyboard_track"
    case waveform
    case playback
    case rendition
}
