/// The file around the streams.
public struct Container: Hashable, Sendable, Codable {
    /// What the bytes are, by their content: `webm`, `mp4`, `3gp`, `ogg`, …; `nil` when they are no known container.
    @OrNull public var format: String?
    /// The size of the recording. Filled by whoever holds the recording, not by the inspector's child.
    @OrNull public var bytes: Int64?
    /// Lower-case hexadecimal SHA-256 of the recording's bytes. Filled by whoever holds the recording.
    @OrNull public var sha256: String?
    /// The media type that the sender claimed, if any.
    @OrNull public var declaredType: String?
    /// The duration that the header claims; browsers' live recordings have none.
    @OrNull public var headerDurationMs: Int?
    /// Whether the file's metadata say where it was recorded; `nil` when it could not be opened. The place itself is never told.
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
