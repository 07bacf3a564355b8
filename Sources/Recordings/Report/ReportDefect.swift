/// What makes a report impossible: it was written by a process that a hostile recording had taken over, or by a bug of ours.
public struct ReportDefect: Error, Hashable, Sendable, CustomStringConvertible {
    /// The field's path in the report's JSON.
    public var field: String
    /// What is wrong with it. Never quotes the value, which may be anything.
    public var problem: String

    public init(field: String, problem: String) {
        self.field = field
        self.problem = problem
    }

    public var description: String { "\(field) \(problem)" }
}
