public import Recordings

/// A report named the same artifact twice, or one that has no file. A fault of ours.
public struct PublishingError: Error, CustomStringConvertible {
    public var kind: ArtifactKind

    public init(kind: ArtifactKind) {
        self.kind = kind
    }

    public var description: String { "The \(kind.rawValue) has no staged file to publish." }
}
