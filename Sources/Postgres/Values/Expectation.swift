/// The expected type of a column, for errors. The text is made only when there is an error, because every cell of every row states an
/// expectation.
public struct Expectation: Sendable, ExpressibleByStringLiteral, CustomStringConvertible {
    private let words: StaticString
    private let type: (any Any.Type)?

    public init(stringLiteral words: StaticString) {
        self.init(words)
    }

    /// `Int`, or `an array of Int`.
    public init(_ words: StaticString = "", _ type: (any Any.Type)? = nil) {
        self.words = words
        self.type = type
    }

    public var description: String { type.map { "\(words)\($0)" } ?? "\(words)" }
}
