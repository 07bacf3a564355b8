/// One thing that has to be there for work to be done.
public struct HealthCheck: Sendable {
    /// One word, as it is shown and labelled: `database`.
    public var name: String
    /// What is wrong, in words for people with the remedy, or `nil`. Must end by itself within seconds.
    public var problem: @Sendable () async -> String?

    public init(_ name: String, problem: @escaping @Sendable () async -> String?) {
        self.name = name
        self.problem = problem
    }
}
