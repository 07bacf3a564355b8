import ForeignText

/// The server's error for a refused statement.
public struct ServerError: Hashable, Sendable {
    public let sqlState: SQLState

    /// The primary message. For class 22 (data exceptions) PostgreSQL quotes the offending value in it, so show people
    /// ``safeMessage`` and keep this one out of logs.
    public let message: String

    /// May quote whole rows, therefore candidates' data. Never part of any description.
    public let detail: String?

    public let hint: String?
    public let schema: String?
    public let table: String?
    public let column: String?
    public let constraint: String?

    /// True when the server ended the session with this error (severity FATAL or PANIC).
    let endsSession: Bool

    /// The primary message without the values that PostgreSQL quotes in data exceptions.
    public var safeMessage: String {
        guard sqlState.errorClass == "22", let (before, rest) = message.cut(at: "\""), let (_, after) = rest.cut(atLast: "\"") else {
            return message
        }
        return before + "(value withheld)" + after
    }

    /// The names of what was involved: they belong to the schema, not to the data.
    var whereabouts: String {
        var parts: [String] = []
        if let table { parts.append("table \(schema.map { "\($0)." } ?? "")\(table)") }
        if let column { parts.append("column \(column)") }
        if let constraint { parts.append("constraint \(constraint)") }
        return parts.joined(separator: ", ")
    }
}
