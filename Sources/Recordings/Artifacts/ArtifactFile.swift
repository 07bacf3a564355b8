public import NullableJSON

/// What the report says about the file of each artifact. An inspector sets only the media type; the program that lent the descriptors
/// measures the bytes and names the file.
public struct ArtifactFile: Hashable, Sendable, Codable {
    /// A file name (`dailies inspect FILE --out DIR`) or a storage key (review records).
    @OrNull public var file: String?
    public var mediaType: String
    @OrNull public var bytes: Int64?
    @OrNull public var sha256: String?

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
}
