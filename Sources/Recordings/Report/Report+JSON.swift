public import FoundationEssentials

extension Report {
    /// The report as one JSON object. Keys are sorted, so that equal reports are equal bytes.
    public func json(pretty: Bool = false) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting =
            pretty ? [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes] : [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }

    /// Reads a report. Throws `DecodingError` for anything that is not one; says nothing of whether its numbers make sense.
    public init(json: Data) throws {
        self = try JSONDecoder().decode(Report.self, from: json)
    }
}
