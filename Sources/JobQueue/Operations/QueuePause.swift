public import FoundationEssentials

/// A pause of the queue. It lasts until a person ends it.
public struct QueuePause: Sendable, Hashable, Encodable {
    /// The paused kind of job; `nil` for all kinds.
    public var kind: String?
    public var reason: String?
    public var since: Date
    /// How many seconds ago it began, by the database's clock.
    public var seconds: Double
}
