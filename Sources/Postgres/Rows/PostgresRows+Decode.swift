extension PostgresRows {
    /// Reads all columns of all rows: `for (id, name) in try rows.decode((Int.self, String?.self))`.
    public func decode<each Value: PostgresDecodable>(_ types: (repeat (each Value).Type)) throws(PostgresError) -> [(repeat each Value)] {
        var values: [(repeat each Value)] = []
        values.reserveCapacity(count)
        for row in self { values.append(try row.decode((repeat each types))) }
        return values
    }

    /// Makes a value of every row.
    public func decode<Value: PostgresRowDecodable>(_: Value.Type) throws(PostgresError) -> [Value] {
        var values: [Value] = []
        values.reserveCapacity(count)
        for row in self { values.append(try Value(from: row)) }
        return values
    }

    /// The row of a result that must have exactly one.
    ///
    /// - Throws: ``PostgresError/Kind/decoding(_:)`` when there are none or several.
    public func one() throws(PostgresError) -> PostgresRow {
        guard count == 1 else {
            throw PostgresError(.decoding(.init(column: "*", expected: "exactly one row", actual: "\(count) rows")), query: table.query)
        }
        return self[0]
    }
}
