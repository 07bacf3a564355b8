/// Rows of text in aligned columns, for a person's terminal.
struct Table {
    private var rows: [[String]]

    /// - Parameter header: the columns' names; every row has as many cells.
    init(header: [String]) {
        rows = [header]
    }

    mutating func add(_ row: [String]) {
        rows.append(row.map { cell in String(cell.map { $0.isNewline || $0 == "\t" ? " " : $0 }) })
    }

    /// The table with a line under its header; no cell is cut, and the last column is not padded.
    func rendered() -> String {
        let columns = rows[0].count
        let widths = (0..<columns).map { column in rows.map { $0[column].count }.max() ?? 0 }
        func line(_ cells: [String]) -> String {
            cells.enumerated().map { index, cell in
                index == columns - 1 ? cell : cell + String(repeating: " ", count: widths[index] - cell.count)
            }.joined(separator: "  ")
        }
        let rule = widths.map { String(repeating: "─", count: $0) }.joined(separator: "  ")
        return ([line(rows[0]), rule] + rows.dropFirst().map(line)).joined(separator: "\n") + "\n"
    }
}
