/// The XML of S3's answers, as far as it is needed: the texts of elements that hold no others. S3's documents have neither attributes
/// nor comments nor CDATA in these places, and what is not found is treated as missing; so no parser is needed that could be attacked.
struct S3Document: Sendable {
    private let text: Substring

    init(_ text: some StringProtocol) {
        self.text = Substring(text)
    }

    /// The first element of that name.
    subscript(_ name: String) -> String? { elements(name).first.map { Self.unescaped($0.text) } }

    /// All elements of that name, which do not lie in each other.
    func elements(_ name: String) -> [S3Document] {
        var found: [S3Document] = []
        var rest = text
        while let begin = rest.firstRange(of: "<\(name)>"), let end = rest[begin.upperBound...].firstRange(of: "</\(name)>") {
            found.append(S3Document(rest[begin.upperBound..<end.lowerBound]))
            rest = rest[end.upperBound...]
        }
        return found
    }

    private static func unescaped(_ text: Substring) -> String {
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&#34;", "\""), ("&#39;", "'"), ("&amp;", "&")]
            .reduce(String(text)) { $0.replacing($1.0, with: $1.1) }
    }

    /// A text as it may stand within an element.
    static func escaped(_ text: String) -> String {
        [("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\"", "&quot;")].reduce(text) { $0.replacing($1.0, with: $1.1) }
    }
}
