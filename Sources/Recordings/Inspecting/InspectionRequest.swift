/// What the inspector is told about one recording, beside its open descriptors.
public struct InspectionRequest: Hashable, Sendable, Codable {
    /// The media type that the sender claimed (`video/webm;codecs=vp9,opus`), if any.
    public var declaredType: String?
    /// The size that the sender announced, if any. Fewer bytes mean that the upload was cut.
    public var declaredBytes: Int64?
    public var limits: InspectionLimits

    public init(declaredType: String? = nil, declaredBytes: Int64? = nil, limits: InspectionLimits = InspectionLimits()) {
        self.declaredType = declaredType
        self.declaredBytes = declaredBytes
        self.limits = limits
    }

    enum CodingKeys: String, CodingKey {
        case declaredType = "declared_type"
        case declaredBytes = "declared_bytes"
        case limits
    }
}
