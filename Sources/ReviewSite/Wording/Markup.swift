/// Escapes text and JSON for HTML that is made without a template.
enum Markup {
    /// Escapes text between tags or in a quoted attribute.
    ///
    /// It works byte by byte, as browsers read. For Swift a quotation mark with a combining accent is one character, different from the mark.
    static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { reference(to: $0) != nil }) else { return text }
        var escaped: [UInt8] = []
        escaped.reserveCapacity(text.utf8.count + 64)
        for byte in text.utf8 {
            if let reference = reference(to: byte) { escaped += reference.utf8 } else { escaped.append(byte) }
        }
        return String(decoding: escaped, as: UTF8.self)
    }

    private static func reference(to byte: UInt8) -> String? {
        switch byte {
        case UInt8(ascii: "&"): "&amp;"
        case UInt8(ascii: "<"): "&lt;"
        case UInt8(ascii: ">"): "&gt;"
        case UInt8(ascii: "\""): "&quot;"
        case UInt8(ascii: "'"): "&#39;"
        default: nil
        }
    }

    /// Escapes JSON in a `<script>` element, so that no text in it ends the element or begins a comment.
    static func embedded(json: String) -> String {
        var embedded: [UInt8] = []
        embedded.reserveCapacity(json.utf8.count + 64)
        for byte in json.utf8 {
            switch byte {
            case UInt8(ascii: "<"): embedded += "\\u003c".utf8
            case UInt8(ascii: ">"): embedded += "\\u003e".utf8
            default: embedded.append(byte)
            }
        }
        return String(decoding: embedded, as: UTF8.self)
    }
}
