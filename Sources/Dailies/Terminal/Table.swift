/// Rows of text in aligned columns, for a terminal.
struct Table {
    private var rows: [[Cell]]

    /// - Parameter header: the columns' names; every row has as many cells.
    init(header: [String]) {
        rows = [header.map(Cell.init)]
    }

    mutating func add(_ row: [String]) { rows.append(row.map(Cell.init)) }

    /// The table with a line under its header. Nothing is cut: if a row is wider than `width`, the widest columns are
    /// narrowed and their cells continue on the next line. The last column is not padded.
    /// - Parameter width: the terminal's columns; `nil` for no limit. A column is never narrower than its longest word, so a table of long
    ///   words may be wider.
    func rendered(width: Int? = nil) -> String {
        let widths = widths(within: width)
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
        var lines = rows.flatMap { Self.lines(of: $0, widths: widths) }
        lines.insert(rule, at: Self.lines(of: rows[0], widths: widths).count)
        return lines.joined(separator: "\n") + "\n"
    }

    private func widths(within limit: Int?) -> [Int] {
        var widths = rows[0].indices.map { column in rows.map { $0[column].width }.max() ?? 0 }
        let least = rows[0].indices.map { column in rows.map { $0[column].longestWord }.max() ?? 0 }
        guard let limit else { return widths }
        var excess = widths.reduce(0, +) + 2 * (widths.count - 1) - limit
        while excess > 0, let widest = widths.indices.filter({ widths[$0] > least[$0] }).max(by: { widths[$0] < widths[$1] }) {
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    private static func lines(of row: [Cell], widths: [Int]) -> [String] {
        let cells = zip(row, widths).map { $0.lines(within: $1) }
        return (0..<(cells.map(\.count).max() ?? 0)).map { line in
            var text = ""
            for (cell, width) in zip(cells, widths) {
                let part = line < cell.count ? cell[line] : Cell("")
                text += part.text + String(repeating: " ", count: max(width - part.width, 0) + 2)
            }
            return Cell(text).trimmed.text
        }
    }
}
