/// Why there are no credentials. It holds neither credentials nor tokens.
public struct CredentialsFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// What failed, on what, why, and what to do.
    public let description: String
    /// Whether the same request may succeed in a moment.
    let isTransient: Bool

    init(_ description: String, isTransient: Bool = false) {
        self.description = description
        self.isTransient = isTransient
    }
}
