/// One check of something that every job needs.
public struct HealthCheck: Sendable {
    /// One word, as pages and labels show it, such as `database`.
    public var name: String
    /// Returns what is wrong and the remedy, in words for people, or `nil`. It must return within seconds.
    public var problem: @Sendable () async -> String?

    public init(_ name: String, problem: @escaping @Sendable () async -> String?) {
        self.name = name
        self.problem = problem
    }
}
