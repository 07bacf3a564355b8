/// Text and JSON on their way into HTML that is put together here and not by a template.
enum Markup {
    /// Text between tags or within a quoted attribute.
    static func escaped(_ text: String) -> String {
        guard text.utf8.contains(where: { "&<>\"'".utf8.contains($0) }) else { return text }
        var escaped = ""
        for character in text {
            switch character {
            case "&": escaped += "&amp;"
            case "<": escaped += "&lt;"
            case ">": escaped += "&gt;"
            case "\"": escaped += "&quot;"
            case "'": escaped += "&#39;"
            default: escaped.append(character)
            }
        }
        return escaped
    }

    /// JSON within a `<script>` that is only read: no text in it may end the element or begin a comment.
    static func embedded(json: String) -> String {
        json.replacing("<", with: "\\u003c").replacing(">", with: "\\u003e")
    }
}
