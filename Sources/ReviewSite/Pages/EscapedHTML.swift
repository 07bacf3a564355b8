internal import Mustache

/// Makes templates escape text as ``Markup/escaped(_:)`` does. Mustache's own escaping works on characters. A quotation mark with a combining
/// accent is another character to it, but still ends an attribute in a browser.
struct EscapedHTML: MustacheContentType {
    /// The first line of each template. There is no other way to choose the content type.
    static let pragma = "{{% CONTENT_TYPE: ESCAPED_HTML }}\n"

    static func register() {
        MustacheContentTypes.register(EscapedHTML(), named: "ESCAPED_HTML")
    }

    func escapeText(_ text: String) -> String { Markup.escaped(text) }
}
