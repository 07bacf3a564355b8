/// What a child does with its recording.
public enum InspectorTask: String, Hashable, Sendable, Codable {
    /// Writes a `Report`, and the artifacts of one pass.
    case inspect
    /// Writes a `RenditionReport`, and the rendition.
    case render
}
