/// Why a report is refused. A hostile recording had taken over the inspector that wrote it, or Dailies has a bug.
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
