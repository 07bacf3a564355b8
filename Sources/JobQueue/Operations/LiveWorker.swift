/// A worker whose lease holds.
public struct LiveWorker: Sendable, Hashable, Encodable {
    /// Host and process.
    public var name: String
    public var version: String
    public var slots: Int
    /// The number of jobs that it runs.
    public var busy: Int
    /// Seconds since its registration, by the database's clock.
    public var seconds: Double
}
