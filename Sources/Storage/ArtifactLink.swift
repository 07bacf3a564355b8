/// How browsers fetch artifacts from the storage itself.
public struct ArtifactLink: Sendable {
    /// A URL that lets everybody fetch the artifact until it expires. It does not name a candidate.
    public let url: String
    /// The time until it expires, from now.
    public let secondsValid: Int
}
