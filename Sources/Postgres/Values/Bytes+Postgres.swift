public import FoundationEssentials

/// `UInt8` is no type of PostgreSQL; it conforms so that `[UInt8]` is `bytea`.
extension UInt8: PostgresArrayElement {
    public static var postgresArrayType: PostgresType { .bytea }
    public static func postgresContent(of array: [UInt8]) -> PostgresBind.Content { .binary(array) }

    public static func array(from cell: PostgresCell) throws(PostgresError) -> [UInt8] {
        Array(try cell.requireBytes(as: .bytea, expected: "bytes"))
    }
}

extension Data: PostgresEncodable, PostgresDecodable {
    public static var postgresType: PostgresType { .bytea }
    public var postgresContent: PostgresBind.Content { .binary(Array(self)) }

    public init(from cell: PostgresCell) throws(PostgresError) {
        self = Data(try cell.requireBytes(as: .bytea, expected: "Data"))
    }
}

extension UUID: PostgresScalar {
    public static var postgresType: PostgresType { .uuid }
    public static var postgresArrayType: PostgresType { .uuidArray }

    public var postgresContent: PostgresBind.Content {
        let (b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15) = uuid
        return .binary([b0, b1, b2, b3, b4, b5, b6, b7, b8, b9, b10, b11, b12, b13, b14, b15])
    }

    public init(from cell: PostgresCell) throws(PostgresError) {
        let b = Array(try cell.requireBytes(as: .uuid, expected: "UUID"))
        guard b.count == 16 else { throw cell.failure(expected: "UUID", actual: "a uuid of \(b.count) bytes") }
        self.init(uuid: (b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7], b[8], b[9], b[10], b[11], b[12], b[13], b[14], b[15]))
    }
}
