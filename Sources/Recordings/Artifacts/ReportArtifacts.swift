/// The files made from a recording. Each is absent where the recording has nothing to make it from.
public struct ReportArtifacts: Hashable, Sendable, Codable {
    public var poster: Poster?
    public var storyboard: Storyboard?
    public var waveform: Waveform?
    public var playback: Playback?

    public init(poster: Poster? = nil, storyboard: Storyboard? = nil, waveform: Waveform? = nil, playback: Playback? = nil) {
        self.poster = poster
        self.storyboard = storyboard
        self.waveform = waveform
        self.playback = playback
    }

    enum CodingKeys: String, CodingKey {
        case poster, storyboard, waveform, playback
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(poster, forKey: .poster)
        try values.encode(storyboard, forKey: .storyboard)
        try values.encode(waveform, forKey: .waveform)
        try values.encode(playback, forKey: .playback)
    }
}

/// What is said of every artifact's file. The inspector's child leaves all but the media type `nil`; whoever lent it the
/// descriptors measures the bytes and names the file.
public struct ArtifactFile: Hashable, Sendable, Codable {
    /// A file name (`dailies inspect --out`) or a storage key (review records).
    public var file: String?
    public var mediaType: String
    public var bytes: Int64?
    public var sha256: String?

    public init(file: String? = nil, mediaType: String, bytes: Int64? = nil, sha256: String? = nil) {
        self.file = file
        self.mediaType = mediaType
        self.bytes = bytes
        self.sha256 = sha256
    }

    enum CodingKeys: String, CodingKey {
        case file
        case mediaType = "media_type"
        case bytes, sha256
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(file, forKey: .file)
        try values.encode(mediaType, forKey: .mediaType)
        try values.encode(bytes, forKey: .bytes)
        try values.encode(sha256, forKey: .sha256)
    }
}
