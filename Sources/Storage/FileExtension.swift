import ForeignText

/// The end of a file's name that says what it is, such as `webm`. 1 to 8 lower-case letters and digits.
///
/// It helps people who look into the folder. The program does not depend on it.
public struct FileExtension: Sendable, Hashable, CustomStringConvertible {
    public let description: String

    /// Takes the text with or without its dot, in any case; `nil` when it is no extension of that form.
    public init?(_ text: some StringProtocol) {
        let text = String(text)
        let name = (text.rest(after: ".") ?? text[...]).inLowerCase
        let isPlain = name.utf8.allSatisfy {
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        }
        guard (1...8).contains(name.utf8.count), isPlain else { return nil }
        description = name
    }

    var suffix: String { ".\(description)" }
}
