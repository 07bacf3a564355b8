import ForeignText

/// The first words of an SQL statement, to tell people which one it is. It holds no value: it ends before the first thing that is not a name.
struct StatementBeginning: CustomStringConvertible {
    let description: String

    init(_ sql: String) {
        var words: [Substring] = []
        for word in sql.words.prefix(4) {
            guard word.utf8.allSatisfy(Self.isOfName), word.utf8.first.map(Self.isDigit) == false else { break }
            words.append(word)
        }
        description = words.isEmpty ? "a statement" : words.joined(separator: " ")
    }

    private static func isOfName(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "_"), UInt8(ascii: "."): true
        default: isDigit(byte)
        }
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
