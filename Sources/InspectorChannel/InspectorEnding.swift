/// How a child came to its end, as the kernel tells it.
public struct InspectorEnding: Hashable, Sendable, Codable {
    public enum Status: Hashable, Sendable, Codable {
        case exit(code: Int32)
        case signal(number: Int32)
    }

    public var status: Status
    /// The server ended it because its time was over.
    public var timedOut: Bool
    /// User and system time.
    public var cpuMs: Int
    /// From the fork to the end, by the server's monotonic clock.
    public var wallMs: Int
    /// The largest resident set, what the child shares with the server included.
    public var maxRSSBytes: Int64

    public init(status: Status, timedOut: Bool, cpuMs: Int, wallMs: Int, maxRSSBytes: Int64) {
        self.status = status
        self.timedOut = timedOut
        self.cpuMs = cpuMs
        self.wallMs = wallMs
        self.maxRSSBytes = maxRSSBytes
    }
}
