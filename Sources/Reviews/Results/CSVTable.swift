import ForeignText

/// Rows as text that spreadsheets open: RFC 4180, with CRLF at the end of each line.
///
/// A cell that a spreadsheet would read as a formula (it begins with `=`, `+`, `-`, `@`, a tab or a carriage return) gets an apostrophe
/// in front, because its content may come from a stranger. Source: OWASP, "CSV Injection".
public struct CSVTable: Hashable, Sendable {
    public var header: [String]
    public var rows: [[String]]

    public init(header: [String], rows: [[String]]) {
        self.header = header
        self.rows = rows
    }

    public var text: String {
        ([header] + rows).map { $0.map(Self.cell).joined(separator: ",") + "\r\n" }.joined()
    }

    static func cell(_ content: String) -> String {
        let dangerous: Set<Unicode.Scalar> = ["=", "+", "-", "@", "\t", "\r"]
        let guarded = content.unicodeScalars.first.map(dangerous.contains) == true ? "'" + content : content
        guard [",", "\"", "\r", "\n"].contains(where: guarded.holds) else { return guarded }
        return "\"" + guarded.with("\"\"", for: "\"") + "\""
    }
}
