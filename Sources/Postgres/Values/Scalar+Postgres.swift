/// `Double` is `double precision`. Reading accepts `real`, `numeric` and every integer type too.
extension Double: PostgresScalar {
    public static var postgresType: PostgresType { .float8 }
    public static var postgresArrayType: PostgresType { .float8Array }
    public var postgresContent: PostgresBind.Content { .binary(bitPattern.bigEndianBytes) }

    public init(from cell: PostgresCell) throws(PostgresError) {
        let expected: Expectation = "Double"
        var reader = cell.reader(of: try cell.requireBytes(expected: expected), expected: expected)
        switch cell.type {
        case .float8: self = Double(bitPattern: try reader.integer(UInt64.self))
        case .float4: self = Double(Float(bitPattern: try reader.integer(UInt32.self)))
        case .int8: self = Double(try reader.integer(Int64.self))
        case .int4: self = Double(try reader.integer(Int32.self))
        case .int2: self = Double(try reader.integer(Int16.self))
        case .numeric:
            let numeric = try PostgresNumeric(from: &reader)
            guard let value = numeric.double else { throw cell.failure(expected: expected) }
            self = value
        default: throw cell.failure(expected: expected)
        }
    }
}

extension Bool: PostgresScalar {
    public static var postgresType: PostgresType { .bool }
    public static var postgresArrayType: PostgresType { .boolArray }
    public var postgresContent: PostgresBind.Content { .binary([self ? 1 : 0]) }

    public init(from cell: PostgresCell) throws(PostgresError) {
        let bytes = try cell.requireBytes(as: .bool, expected: "Bool")
        self = bytes.count != 1 || bytes.first != 0
    }
}

/// A bound `String` takes the type of the place where it stands: `text`, an enum, `jsonb`, `inet`. Reading accepts the text types,
/// enums, `json` and `jsonb`.
///
/// PostgreSQL's text cannot hold the character NUL: binding a string that does throws before anything is sent.
extension String: PostgresScalar {
    public static var postgresType: PostgresType { .inferred }
    public static var postgresElementType: PostgresType { .text }
    public static var postgresArrayType: PostgresType { .textArray }

    public var postgresContent: PostgresBind.Content { .text(self) }

    public init(from cell: PostgresCell) throws(PostgresError) {
        let expected: Expectation = "String"
        var bytes = try cell.requireBytes(expected: expected)
        if cell.type == .jsonb {
            bytes = try PostgresJSON<Never>.text(of: bytes, in: cell, expected: expected)
        } else if !cell.type.isTextual {
            throw cell.failure(expected: expected)
        }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw cell.failure(expected: expected, actual: "\(cell.type) that is not UTF-8")
        }
        self = text
    }
}
