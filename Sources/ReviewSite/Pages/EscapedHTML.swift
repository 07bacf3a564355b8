internal import Mustache

/// How templates escape text: as ``Markup/escaped(_:)`` does. Mustache's own way looks at characters, and a quotation mark with an accent
/// on it is a character of its own to it, but still the end of an attribute to a browser.
struct EscapedHTML: MustacheContentType {
    /// The line that each template begins with; there is no other way to choose it.
    static let pragma = "{{% CONTENT_TYPE: ESCAPED_HTML }}\n"

    static func register() {
        MustacheContentTypes.register(EscapedHTML(), named: "ESCAPED_HTML")
    }

    func escapeText(_ text: String) -> String { Markup.escaped(text) }
}
