/// Who waits for the hasher of passwords.
enum HashLane: Sendable, Hashable {
    /// Somebody of whom it is known that they have an account: by a session, or by a browser in which they signed in before. They come before
    /// everybody else.
    case person(Int64)
    case browser(SecretToken)
    case network(ClientNetwork)

    var comesFirst: Bool {
        if case .network = self { return false }
        return true
    }
}
