/// One bound value.
public struct PostgresBind: Sendable {
    public enum Content: Sendable {
        case null
        /// The form that the type's input function reads.
        case text(String)
        /// The form that the type's receive function reads.
        case binary([UInt8])
        /// The value has no representation in PostgreSQL; the query that binds it throws, with this reason, before anything is
        /// sent. The reason must not quote the value.
        case refused(reason: String)
        /// Text with the character NUL, which PostgreSQL cannot store; refused like the others.
        case nul
    }

    public let type: PostgresType
    public let content: Content

    public init(_ value: some PostgresEncodable) {
        self.init(type: Swift.type(of: value).postgresType, content: value.postgresContent)
    }

    public init(type: PostgresType, content: Content) {
        self.type = type
        self.content = content
    }
}
