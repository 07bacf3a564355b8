/// The rows that a query gave, copied out of libpq, so that they outlive the connection and may go to any task.
public struct PostgresRows: Sendable, RandomAccessCollection {
    let table: RowTable

    /// The number of rows that the statement inserted, updated, deleted, moved or selected; nil when it does not count any.
    public let affectedRows: Int?

    /// The command's tag as the server sends it, for example `INSERT 0 1`.
    let commandTag: String

    public var startIndex: Int { 0 }
    public var endIndex: Int { table.rowCount }
    public subscript(position: Int) -> PostgresRow { PostgresRow(table: table, index: position) }

    /// The columns' names, in order.
    public var columnNames: [String] { table.columns.map(\.name) }
}

/// All cells of a result in one buffer.
final class RowTable: Sendable {
    struct Column: Sendable {
        let name: String
        let type: PostgresType
    }

    let query: String?
    let columns: [Column]
    let rowCount: Int

    private let bytes: [UInt8]
    /// Per cell, row by row: where it lies in `bytes`, or nil for NULL.
    private let cells: [Range<Int>?]

    init(query: String?, columns: [Column], rowCount: Int, bytes: [UInt8], cells: [Range<Int>?]) {
        self.query = query
        self.columns = columns
        self.rowCount = rowCount
        self.bytes = bytes
        self.cells = cells
    }

    func cell(row: Int, column: Int) -> PostgresCell {
        let range = cells[row * columns.count + column]
        return PostgresCell(column: columns[column].name, type: columns[column].type, bytes: range.map { bytes[$0] }, query: query)
    }
}
