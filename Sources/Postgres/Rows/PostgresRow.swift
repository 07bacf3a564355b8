/// One row of a result.
public struct PostgresRow: Sendable {
    let table: RowTable
    let index: Int

    /// The number of columns.
    public var count: Int { table.columns.count }

    /// Reads the column of this name; of several with one name, the first.
    ///
    /// - Throws: ``PostgresError/Kind/decoding(_:)`` when there is no such column, or when it holds something else.
    public func decode<Value: PostgresDecodable>(_ column: String, as type: Value.Type = Value.self) throws(PostgresError) -> Value {
        guard let position = table.columns.firstIndex(where: { $0.name == column }) else {
            throw mismatch(column: column, expected: "\(Value.self)", actual: "nothing: the result has no such column")
        }
        return try Value(from: table.cell(row: index, column: position))
    }

    /// Reads the column at this position, counted from 0.
    ///
    /// - Throws: ``PostgresError/Kind/decoding(_:)`` when there is no such column, or when it holds something else.
    public func decode<Value: PostgresDecodable>(at position: Int, as type: Value.Type = Value.self) throws(PostgresError) -> Value {
        guard table.columns.indices.contains(position) else {
            throw mismatch(column: "#\(position)", expected: "\(Value.self)", actual: "nothing: the result has \(count) columns")
        }
        return try Value(from: table.cell(row: index, column: position))
    }

    /// Reads all columns in order: `let (id, name) = try row.decode((Int.self, String?.self))`.
    ///
    /// - Throws: ``PostgresError/Kind/decoding(_:)`` when the row has another number of columns, or when one holds something else.
    public func decode<each Value: PostgresDecodable>(_ types: (repeat (each Value).Type)) throws(PostgresError) -> (repeat each Value) {
        var wanted = 0
        for _ in repeat each types { wanted += 1 }
        guard wanted == count else {
            throw mismatch(column: "*", expected: "\(wanted) columns", actual: "\(count) columns")
        }
        var position = -1
        func next<One: PostgresDecodable>(_: One.Type) throws(PostgresError) -> One {
            position += 1
            return try One(from: table.cell(row: index, column: position))
        }
        return (repeat try next(each types))
    }

    private func mismatch(column: String, expected: String, actual: String) -> PostgresError {
        PostgresError(.decoding(.init(column: column, expected: expected, actual: actual)), query: table.query)
    }
}
