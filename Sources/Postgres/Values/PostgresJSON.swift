import ForeignText
import FoundationEssentials

/// A value that is kept as `jsonb`: `\(PostgresJSON(settings))` binds it, `row.decode("settings", as: PostgresJSON<Settings>.self).value`
/// reads it. Dates are written in ISO 8601. For JSON that is already text, bind the `String` itself.
public struct PostgresJSON<Value> {
    public let value: Value

    public init(_ value: Value) {
        self.value = value
    }

    /// The leading byte of `jsonb`'s binary form. Source: `jsonb_send` in PostgreSQL's `jsonb.c`.
    private static var version: UInt8 { 1 }

    static func text(of bytes: ArraySlice<UInt8>, in cell: PostgresCell, expected: Expectation) throws(PostgresError) -> ArraySlice<UInt8> {
        guard bytes.first == version else { throw cell.failure(expected: expected, actual: "jsonb in an unknown binary form") }
        return bytes.dropFirst()
    }
}

extension PostgresJSON: Sendable where Value: Sendable {}

extension PostgresJSON: PostgresEncodable where Value: Encodable {
    public static var postgresType: PostgresType { .jsonb }

    public var postgresContent: PostgresBind.Content {
        let encoder = JSONEncoder()
        encoder.dateEncodingStrategy = .iso8601
        do {
            let json = try encoder.encode(value)
            // `jsonb` refuses the escaped NUL too; a backslash before it is one that is escaped itself.
            if String(decoding: json, as: UTF8.self).with("", for: "\\\\").holds("\\u0000") { return .nul }
            return .binary([Self.version] + json)
        } catch {
            return .refused(reason: "\(Value.self) cannot be written as JSON")
        }
    }
}

extension PostgresJSON: PostgresDecodable where Value: Decodable {
    public init(from cell: PostgresCell) throws(PostgresError) {
        let expected = Expectation("JSON of ", Value.self)
        var bytes = try cell.requireBytes(as: .json, .jsonb, expected: expected)
        if cell.type == .jsonb { bytes = try Self.text(of: bytes, in: cell, expected: expected) }
        let decoder = JSONDecoder()
        decoder.dateDecodingStrategy = .iso8601
        do {
            value = try decoder.decode(Value.self, from: Data(bytes))
        } catch {
            throw cell.failure(expected: expected, actual: "\(cell.type) of another shape")
        }
    }
}
