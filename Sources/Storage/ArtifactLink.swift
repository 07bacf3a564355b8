/// How browsers fetch artifacts from the storage itself.
public struct ArtifactLink: Sendable {
    /// Whoever has it may fetch the artifact until it expires; nothing in it names a candidate.
    public let url: String
    /// From now.
    public let secondsValid: Int
}
