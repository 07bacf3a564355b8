import FoundationEssentials

/// Values as JSON for programs: keys sorted, times as ISO 8601.
enum JSONText {
    /// One object, over several lines.
    static func document(_ value: some Encodable) throws -> String {
        try encoder([.prettyPrinted, .sortedKeys, .withoutEscapingSlashes], value)
    }

    /// One object on a line of its own.
    static func line(_ value: some Encodable) throws -> String {
        try encoder([.sortedKeys, .withoutEscapingSlashes], value)
    }

    /// A text as a JSON string, quotes included.
    static func string(_ text: String) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        // Swift's strings are always valid Unicode, so encoding cannot fail.
        return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }

    private static func encoder(_ formatting: JSONEncoder.OutputFormatting, _ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = formatting
        encoder.dateEncodingStrategy = .iso8601
        return String(decoding: try encoder.encode(value), as: UTF8.self) + "\n"
    }
}
