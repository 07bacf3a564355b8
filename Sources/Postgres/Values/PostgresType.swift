/// A type of the database, by its object identifier (OID).
///
/// Only built-in types have fixed identifiers; those of enums and extensions differ from database to database.
/// Source: PostgreSQL's catalogue `pg_type.dat`.
public struct PostgresType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: UInt32

    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    private init(_ rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// As a bind's type: the server infers the type from the bind's place in the query.
    public static let inferred = PostgresType(0)
    public static let bool = PostgresType(16)
    public static let bytea = PostgresType(17)
    public static let char = PostgresType(18)
    public static let name = PostgresType(19)
    public static let int8 = PostgresType(20)
    public static let int2 = PostgresType(21)
    public static let int4 = PostgresType(23)
    public static let text = PostgresType(25)
    public static let oid = PostgresType(26)
    public static let json = PostgresType(114)
    public static let float4 = PostgresType(700)
    public static let float8 = PostgresType(701)
    public static let unknown = PostgresType(705)
    public static let bpchar = PostgresType(1042)
    public static let varchar = PostgresType(1043)
    public static let date = PostgresType(1082)
    public static let timestamp = PostgresType(1114)
    public static let timestamptz = PostgresType(1184)
    public static let interval = PostgresType(1186)
    public static let numeric = PostgresType(1700)
    public static let void = PostgresType(2278)
    public static let uuid = PostgresType(2950)
    public static let jsonb = PostgresType(3802)

    public static let boolArray = PostgresType(1000)
    public static let int2Array = PostgresType(1005)
    public static let nameArray = PostgresType(1003)
    public static let int4Array = PostgresType(1007)
    public static let textArray = PostgresType(1009)
    public static let varcharArray = PostgresType(1015)
    public static let int8Array = PostgresType(1016)
    public static let float8Array = PostgresType(1022)
    public static let timestamptzArray = PostgresType(1185)
    public static let intervalArray = PostgresType(1187)
    public static let uuidArray = PostgresType(2951)

    /// Identifiers from here on belong to user-defined types (`FirstNormalObjectId`): enums, domains, extensions' types.
    private static let firstUserType: UInt32 = 16384

    /// True when the type's binary form is its text. Enums are among the user-defined types; those that are not text
    /// are caught when their bytes turn out not to be UTF-8, or by the element count of an array's header.
    var isTextual: Bool {
        switch self {
        case .text, .varchar, .bpchar, .name, .char, .unknown, .json: true
        default: rawValue >= Self.firstUserType
        }
    }

    /// True when the type may be an array: one of those known here, or the array type of a user-defined type.
    var isArray: Bool {
        switch self {
        case .boolArray, .int2Array, .int4Array, .textArray, .int8Array, .float8Array, .timestamptzArray, .intervalArray, .uuidArray,
            .nameArray, .varcharArray:
            true
        default: rawValue >= Self.firstUserType
        }
    }

    public var description: String {
        Self.names[self] ?? "type \(rawValue)"
    }

    private static let names: [PostgresType: String] = [
        .inferred: "inferred", .bool: "boolean", .bytea: "bytea", .char: "\"char\"", .name: "name", .int8: "bigint", .int2: "smallint",
        .int4: "integer", .text: "text", .oid: "oid", .json: "json", .float4: "real", .float8: "double precision", .unknown: "unknown",
        .bpchar: "character", .varchar: "character varying", .date: "date", .timestamp: "timestamp without time zone",
        .timestamptz: "timestamp with time zone", .interval: "interval", .numeric: "numeric", .void: "void", .uuid: "uuid", .jsonb: "jsonb",
        .boolArray: "boolean[]", .int2Array: "smallint[]", .int4Array: "integer[]", .textArray: "text[]", .int8Array: "bigint[]",
        .float8Array: "double precision[]", .timestamptzArray: "timestamp with time zone[]", .intervalArray: "interval[]",
        .nameArray: "name[]", .uuidArray: "uuid[]", .varcharArray: "character varying[]",
    ]
}
