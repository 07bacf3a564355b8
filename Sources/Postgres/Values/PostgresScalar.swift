/// A value of a plain type: it can be bound, read, and be an element of an array.
public protocol PostgresScalar: PostgresEncodable, PostgresDecodable, PostgresArrayElement {
    /// The type that is stated for the elements of a bound array.
    static var postgresElementType: PostgresType { get }
}
