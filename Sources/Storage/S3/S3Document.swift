import ForeignText

/// Reads the needed parts of S3's XML: the texts of elements without child elements. S3 uses neither attributes nor comments nor CDATA there,
/// and an element that is not found counts as missing. So there is no full XML parser that could be attacked.
struct S3Document: Sendable {
    private let text: Substring

    init(_ text: some StringProtocol) {
        self.text = Substring(text)
    }

    /// The first element of that name.
    subscript(_ name: String) -> String? { elements(name).first.map { Self.unescaped($0.text) } }

    /// All elements of that name; they must not be nested.
    func elements(_ name: String) -> [S3Document] {
        var found: [S3Document] = []
        var rest = text
        while let begin = rest.cut(at: "<\(name)>"), let end = begin.after.cut(at: "</\(name)>") {
            found.append(S3Document(end.before))
            rest = end.after
        }
        return found
    }

    private static func unescaped(_ text: Substring) -> String {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#34;", "\""), ("&#39;", "'"), ("&amp;", "&")]
            .reduce(String(text)) { $0.with($1.1, for: $1.0) }
    }

    /// Escapes text for an element.
    static func escaped(_ text: String) -> String {
        [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;")].reduce(text) { $0.with($1.1, for: $1.0) }
    }
}
