public import NullableJSON

/// The file around the streams.
public struct Container: Hashable, Sendable, Codable {
    /// The container, found by its first bytes: `webm`, `mp4`, `3gp`, `ogg`, …; `nil` when they are no known container.
    @OrNull public var format: String?
    /// The size of the recording. Set by the program that holds the recording, never by an inspector.
    @OrNull public var bytes: Int64?
    /// Lower-case hexadecimal SHA-256 of the recording's bytes. Set by the program that holds the recording.
    @OrNull public var sha256: String?
    /// The media type that the sender claimed, if any.
    @OrNull public var declaredType: String?
    /// The duration that the header claims; browsers' live recordings have none.
    @OrNull public var headerDurationMs: Int?
    /// Whether the file's metadata say where it was recorded; `nil` when it could not be opened. The report never says which place.
    @OrNull public var locationPresent: Bool?

    public init(
        format: String? = nil, bytes: Int64? = nil, sha256: String? = nil, declaredType: String? = nil, headerDurationMs: Int? = nil,
        locationPresent: Bool? = nil
    ) {
        self.format = format
        self.bytes = bytes
        self.sha256 = sha256
        self.declaredType = declaredType
        self.headerDurationMs = headerDurationMs
        self.locationPresent = locationPresent
    }

    enum CodingKeys: String, CodingKey {
        case format, bytes, sha256
        case declaredType = "declared_type"
        case headerDurationMs = "header_duration_ms"
        case locationPresent = "location_present"
    }
}
