/// Who waits for the hasher of passwords.
enum HashLane: Sendable, Hashable {
    /// Somebody of whom it is known that they have an account: by a session, or by a browser in which they signed in before. They come first. However
    /// many browsers one person has, they share one lane.
    case person(Int64)
    case network(ClientNetwork)

    var comesFirst: Bool {
        if case .network = self { return false }
        return true
    }
}
