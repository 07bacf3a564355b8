/// Why there are no credentials. Nothing of them, or of a token for them, stands in it.
public struct CredentialsFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What failed, on what, why, and what to do.
    public let description: String
    /// Whether the same question may get another answer in a moment.
    let isTransient: Bool

    init(_ description: String, isTransient: Bool = false) {
        self.description = description
        self.isTransient = isTransient
    }
}
