/// A Swift type that is made from a row, by the names of its columns.
public protocol PostgresRowDecodable {
    init(from row: PostgresRow) throws(PostgresError)
}
