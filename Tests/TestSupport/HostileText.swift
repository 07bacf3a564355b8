/// Text that somebody may send to harm: separators beside code points that make one `Character` with them, letters whose other case has another
/// length, ends of lines of every kind, NUL, digits of other scripts. The seed repeats it.
public struct HostileText: Sendable {
    private var random: SeededGenerator
    private let pieces: [String]

    public static let pieces = [
        ",", "/", ":", ";", "=", "\"", "'", "&", "%", "+", "-", ".", "..", "\\", "<", ">", "(", ")", "[", "]", "#", "?", "*", "@", "\r",
        "\n", "\r\n",
        " ", "\t", "\0", "%00", "a", "K", "\u{212A}", "İ", "ß", "é", "e\u{301}", "\u{301}", "\u{600}", "\u{200D}", "\u{FE0F}", "\u{1F468}",
        "\u{2028}", "\u{85}", "\u{A0}", "\u{37E}", "\u{FEFF}", "\u{FFFD}", "٣", "0", "7", "99999999999999999999",
    ]

    /// - Parameter own: what belongs to the form of the text that is tried, such as `bytes=`.
    public init(seed: UInt64, own: [String] = []) {
        random = SeededGenerator(seed: seed)
        // As likely as all others together.
        pieces = Self.pieces + (own.isEmpty ? [] : (0..<max(1, Self.pieces.count / own.count)).flatMap { _ in own })
    }

    /// The next text, of up to so many pieces.
    public mutating func next(upTo length: Int = 12) -> String {
        let count = Int.random(in: 0...length, using: &random)
        return (0..<count).map { _ in pieces.randomElement(using: &random) ?? "" }.joined()
    }
}
