/// Integers: `Int` and `Int64` are `bigint`, `Int32` is `integer`, `Int16` is `smallint`. Reading accepts every integer type,
/// `oid`, and a whole `numeric` (which `sum(bigint)` gives), and throws where the value does not fit.
protocol PostgresInteger: PostgresScalar, FixedWidthInteger, SignedInteger {}

extension PostgresInteger {
    public var postgresContent: PostgresBind.Content { .binary(bigEndianBytes) }

    public init(from cell: PostgresCell) throws(PostgresError) {
        let expected = Expectation("", Self.self)
        var reader = cell.reader(of: try cell.requireBytes(expected: expected), expected: expected)
        let wide: Int64? =
            switch cell.type {
            case .int8: try reader.integer(Int64.self)
            case .int4: Int64(try reader.integer(Int32.self))
            case .int2: Int64(try reader.integer(Int16.self))
            case .oid: Int64(try reader.integer(UInt32.self))
            case .numeric: try PostgresNumeric(from: &reader).integer
            default: throw cell.failure(expected: expected)
            }
        guard let wide, let value = Self(exactly: wide) else {
            throw cell.failure(expected: expected, actual: "\(cell.type) that does not fit")
        }
        self = value
    }
}

extension Int: PostgresInteger {
    public static var postgresType: PostgresType { .int8 }
    public static var postgresArrayType: PostgresType { .int8Array }
}

extension Int64: PostgresInteger {
    public static var postgresType: PostgresType { .int8 }
    public static var postgresArrayType: PostgresType { .int8Array }
}

extension Int32: PostgresInteger {
    public static var postgresType: PostgresType { .int4 }
    public static var postgresArrayType: PostgresType { .int4Array }
}

extension Int16: PostgresInteger {
    public static var postgresType: PostgresType { .int2 }
    public static var postgresArrayType: PostgresType { .int2Array }
}
