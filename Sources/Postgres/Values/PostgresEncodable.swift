/// A Swift value that can be bound to a parameter of a query.
///
/// Each type is sent with the PostgreSQL type that it states, so that `now() - \(duration)` means what it says. A `String`
/// leaves the type to the server, so that it also serves for enums, `jsonb`, `inet` and the like. An `Int` is a `bigint`: where
/// a function wants an `integer`, bind an `Int32` or write `\(value)::integer`.
public protocol PostgresEncodable {
    /// The parameter's type.
    static var postgresType: PostgresType { get }

    /// The value in PostgreSQL's form.
    var postgresContent: PostgresBind.Content { get }
}

extension Optional: PostgresEncodable where Wrapped: PostgresEncodable {
    public static var postgresType: PostgresType { Wrapped.postgresType }

    public var postgresContent: PostgresBind.Content {
        map(\.postgresContent) ?? .null
    }
}

extension PostgresEncodable where Self: RawRepresentable, RawValue: PostgresEncodable {
    public static var postgresType: PostgresType { RawValue.postgresType }
    public var postgresContent: PostgresBind.Content { rawValue.postgresContent }
}
