public import FoundationEssentials

/// What an inspector reports after it was asked for a rendition: the rendition, or why there is none.
public struct RenditionReport: Hashable, Sendable, Codable {
    public static let currentSchema = "dailies.rendition/1"

    /// Why none was made. A fault of the recording, or of this installation.
    public enum Obstacle: String, Hashable, Sendable, Codable, CaseIterable {
        /// This installation's FFmpeg cannot encode H.264.
        case noEncoder = "no_encoder"
        /// Nothing of the recording could be decoded.
        case notDecodable = "not_decodable"
        /// It exceeds one of the limits.
        case limit
    }

    public var schema: String
    public var rendition: Rendition?
    /// `nil` exactly when there is a rendition.
    public var obstacle: Obstacle?

    public init(_ rendition: Rendition) {
        schema = Self.currentSchema
        self.rendition = rendition
    }

    public init(_ obstacle: Obstacle) {
        schema = Self.currentSchema
        self.obstacle = obstacle
    }

    public func json() throws -> Data {
        try JSONEncoder().encode(self)
    }

    public init(json: Data) throws {
        self = try JSONDecoder().decode(Self.self, from: json)
    }

    /// This report, if an inspector can have written it about a recording within `limits`; see `Report.validated(limits:)`.
    public func validated(limits: InspectionLimits) throws(ReportDefect) -> RenditionReport {
        let check = ReportCheck(limits: limits, durationMs: nil)
        try check.require(schema == Self.currentSchema, "schema", "is of another version")
        try check.require((rendition == nil) != (obstacle == nil), "obstacle", "does not go with the rendition")
        guard let rendition else { return self }
        let hasPicture = rendition.width != nil
        try rendition.file.validate("rendition", types: [hasPicture ? MediaType.mp4Video : MediaType.mp4Audio], check)
        try check.require(hasPicture == (rendition.height != nil), "rendition.height", "does not go with the width")
        for (side, field) in [(rendition.width, "rendition.width"), (rendition.height, "rendition.height")] {
            try check.count(side, field, in: 2...Rendition.longestSide)
            try check.require((side ?? 0) % 2 == 0, field, "is odd")
        }
        try check.time(rendition.durationMs, "rendition.duration_ms", within: check.longestMs)
        return self
    }
}
