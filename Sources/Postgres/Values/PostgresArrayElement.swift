/// A value that can stand in an array. `UInt8` is one only so that `[UInt8]` is `bytea`.
public protocol PostgresArrayElement: Sendable {
    static var postgresArrayType: PostgresType { get }
    static func postgresContent(of array: [Self]) -> PostgresBind.Content
    static func array(from cell: PostgresCell) throws(PostgresError) -> [Self]
}
