/// One column of one row, in PostgreSQL's binary form.
public struct PostgresCell: Sendable {
    /// The column's name, for errors.
    public let column: String
    public let type: PostgresType

    /// The value, or nil for NULL. Integers are big-endian.
    public let bytes: ArraySlice<UInt8>?

    let query: String?

    public var isNull: Bool {
        bytes == nil
    }

    /// The value of a column that must not be NULL.
    public func requireBytes(expected: Expectation) throws(PostgresError) -> ArraySlice<UInt8> {
        guard let bytes else { throw failure(expected: expected, actual: "NULL") }
        return bytes
    }

    /// The value of a column that must be of one of these types.
    func requireBytes(as first: PostgresType, _ others: PostgresType..., expected: Expectation) throws(PostgresError) -> ArraySlice<UInt8> {
        let bytes = try requireBytes(expected: expected)
        guard type == first || others.contains(type) else { throw failure(expected: expected) }
        return bytes
    }

    /// The error of a value that is not what was expected. `actual` defaults to the column's type and must not quote the value.
    public func failure(expected: Expectation, actual: String? = nil) -> PostgresError {
        let failure = PostgresError.DecodingFailure(column: column, expected: "\(expected)", actual: actual ?? "\(type)")
        return PostgresError(.decoding(failure), query: query)
    }

    /// Reads the value from its front.
    func reader(of bytes: ArraySlice<UInt8>, expected: Expectation) -> BinaryReader {
        BinaryReader(bytes: bytes, cell: self, expected: expected)
    }
}

/// Reads PostgreSQL's big-endian binary form from front to back.
struct BinaryReader {
    private(set) var bytes: ArraySlice<UInt8>
    let cell: PostgresCell
    let expected: Expectation

    mutating func integer<Value: FixedWidthInteger>(_: Value.Type) throws(PostgresError) -> Value {
        var value = Value.zero
        for byte in try take(Value.bitWidth / 8) { value = (value << 8) | Value(truncatingIfNeeded: byte) }
        return value
    }

    mutating func take(_ count: Int) throws(PostgresError) -> ArraySlice<UInt8> {
        guard count >= 0, bytes.count >= count else {
            throw cell.failure(expected: expected, actual: "\(cell.type) in an unknown binary form")
        }
        defer { bytes = bytes.dropFirst(count) }
        return bytes.prefix(count)
    }
}

extension FixedWidthInteger {
    /// PostgreSQL's binary form.
    var bigEndianBytes: [UInt8] {
        (0..<(Self.bitWidth / 8)).reversed().map { UInt8(truncatingIfNeeded: self >> (8 * $0)) }
    }
}
