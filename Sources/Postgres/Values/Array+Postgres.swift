import ForeignText

/// One-dimensional arrays. Reading refuses NULL elements unless the element is optional, and more than one dimension.
///
/// Source of the binary form: `array_send` in PostgreSQL's `arrayfuncs.c`.
extension Array: PostgresEncodable where Element: PostgresArrayElement {
    public static var postgresType: PostgresType { Element.postgresArrayType }
    public var postgresContent: PostgresBind.Content { Element.postgresContent(of: self) }
}

extension Array: PostgresDecodable where Element: PostgresArrayElement {
    public init(from cell: PostgresCell) throws(PostgresError) {
        self = try Element.array(from: cell)
    }
}

extension PostgresScalar {
    public static func postgresContent(of array: [Self]) -> PostgresBind.Content {
        PostgresArray.content(of: array, elementType: postgresElementType)
    }

    public static func array(from cell: PostgresCell) throws(PostgresError) -> [Self] {
        try PostgresArray.elements(of: cell)
    }
}

extension Optional: PostgresArrayElement where Wrapped: PostgresScalar {
    public static var postgresArrayType: PostgresType { Wrapped.postgresArrayType }

    public static func postgresContent(of array: [Self]) -> PostgresBind.Content {
        PostgresArray.content(of: array, elementType: Wrapped.postgresElementType)
    }

    public static func array(from cell: PostgresCell) throws(PostgresError) -> [Self] {
        try PostgresArray.elements(of: cell)
    }
}

private enum PostgresArray {
    static func content(of array: [some PostgresEncodable], elementType: PostgresType) -> PostgresBind.Content {
        var body: [UInt8] = []
        var hasNull = false
        for element in array {
            switch element.postgresContent {
            case .null:
                hasNull = true
                body += Int32(-1).bigEndianBytes
            case .text(let text):
                guard !text.holdsNUL else { return .nul }
                body += Int32(text.utf8.count).bigEndianBytes + text.utf8
            case .binary(let bytes):
                body += Int32(bytes.count).bigEndianBytes + bytes
            case .refused(let reason):
                return .refused(reason: reason)
            case .nul:
                return .nul
            }
        }
        var header =
            Int32(array.isEmpty ? 0 : 1).bigEndianBytes + Int32(hasNull ? 1 : 0).bigEndianBytes + elementType.rawValue.bigEndianBytes
        let lowerBound: Int32 = 1
        if !array.isEmpty { header += Int32(array.count).bigEndianBytes + lowerBound.bigEndianBytes }
        return .binary(header + body)
    }

    static func elements<Element: PostgresDecodable>(of cell: PostgresCell) throws(PostgresError) -> [Element] {
        let expected = Expectation("an array of ", Element.self)
        let bytes = try cell.requireBytes(expected: expected)
        guard cell.type.isArray else { throw cell.failure(expected: expected) }
        var reader = cell.reader(of: bytes, expected: expected)
        let dimensions = try reader.integer(Int32.self)
        _ = try reader.integer(Int32.self)
        let elementType = PostgresType(rawValue: try reader.integer(UInt32.self))
        guard dimensions != 0 else { return [] }
        guard dimensions == 1 else { throw cell.failure(expected: expected, actual: "an array of \(dimensions) dimensions") }
        let count = try reader.integer(Int32.self)
        _ = try reader.integer(Int32.self)
        var elements: [Element] = []
        for _ in 0..<max(0, count) {
            let length = try reader.integer(Int32.self)
            let bytes = length == -1 ? nil : try reader.take(Int(length))
            elements.append(try Element(from: PostgresCell(column: cell.column, type: elementType, bytes: bytes, query: cell.query)))
        }
        return elements
    }
}
