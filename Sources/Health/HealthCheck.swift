/// One check of something that every job needs, or of something that people have to know.
public struct HealthCheck: Sendable {
    /// One word, as pages and labels show it, such as `database`.
    public var name: String
    /// Returns what is wrong and the remedy, in words for people, or `nil`. When it does not return within seconds, that is the problem.
    public var problem: @Sendable () async -> String?
    /// Whether nothing is claimed while there is a problem. Otherwise the problem is only told.
    public var isObstacle: Bool

    /// - Parameter isObstacle: whether nothing is claimed while there is a problem.
    public init(_ name: String, isObstacle: Bool = true, problem: @escaping @Sendable () async -> String?) {
        self.name = name
        self.isObstacle = isObstacle
        self.problem = problem
    }
}
