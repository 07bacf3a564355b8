/// Text for a person to read, in lines.
enum MessageText {
    /// Without what steers a terminal: names in a manifest, a server's words or a file's name must not move the cursor, ring the bell or
    /// change the writing direction. Line ends and tabs stay.
    static func harmless(_ text: String) -> String {
        // Nearly always.
        if text.utf8.allSatisfy({ (0x20...0x7E).contains($0) || $0 == newline }) { return text }
        var harmless = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            let stays = scalar == "\n" || scalar == "\t" || !Cell.steers(scalar)
            harmless.append(stays ? scalar : "\u{FFFD}")
        }
        return String(harmless)
    }

    /// What is said of a command line, without those of its words that may hold a secret: a connection string, or an address with keys, in
    /// the wrong place.
    static func withoutSecrets(_ message: String, words: [String]) -> String {
        var bytes = Array(message.utf8)
        let values = words.flatMap { word in [Array(word.utf8), Array(word.utf8.drop { $0 != equals }.dropFirst())] }
        // Longer ones first: a shorter one may be a part of them.
        for value in values.filter(mayHoldSecret).sorted(by: { $0.count > $1.count }) {
            bytes = bytes.replacing(value, with: Array("…".utf8))
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    private static func mayHoldSecret(_ value: [UInt8]) -> Bool {
        value.contains(scheme) && value.contains(at)
            || value.ranges(of: password).contains { range in
                value[range.upperBound...].drop { $0 == blank }.first == equals
            }
    }

    private static let (newline, equals, at, blank) = (UInt8(ascii: "\n"), UInt8(ascii: "="), UInt8(ascii: "@"), UInt8(ascii: " "))
    private static let (scheme, password) = (Array("://".utf8), Array("password".utf8))
}
