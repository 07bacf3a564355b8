/// A Swift value that can be read from a column.
///
/// Conform an enum that mirrors one of the database's by declaring it: `enum State: String, PostgresDecodable`.
public protocol PostgresDecodable {
    /// Reads the value.
    /// - Throws: ``PostgresError/Kind/decoding(_:)`` when the cell holds something else; it names the column and both types, and
    ///   never the value.
    init(from cell: PostgresCell) throws(PostgresError)
}

extension PostgresScalar {
    public static var postgresElementType: PostgresType { postgresType }
}

extension Optional: PostgresDecodable where Wrapped: PostgresDecodable {
    public init(from cell: PostgresCell) throws(PostgresError) {
        self = cell.isNull ? nil : try Wrapped(from: cell)
    }
}

extension PostgresDecodable where Self: RawRepresentable, RawValue: PostgresDecodable {
    public init(from cell: PostgresCell) throws(PostgresError) {
        guard let value = Self(rawValue: try RawValue(from: cell)) else {
            throw cell.failure(expected: Expectation("one of the known values of ", Self.self), actual: "another \(cell.type)")
        }
        self = value
    }
}

extension PostgresScalar where Self: RawRepresentable, RawValue: PostgresScalar {
    public static var postgresElementType: PostgresType { RawValue.postgresElementType }
    public static var postgresArrayType: PostgresType { RawValue.postgresArrayType }
}
