import Postgres

extension Reviews {
    /// Runs a statement and turns the database's refusals into ``ReviewsError``.
    /// - Returns: how many rows it wrote.
    func write(_ query: PostgresQuery) async throws -> Int {
        do {
            return try await pool.execute(query)
        } catch {
            throw ReviewsError(refusal: error) ?? error
        }
    }

    /// Runs a statement that returns what it wrote, and turns the database's refusals into ``ReviewsError``.
    /// - Returns: `nil` when it wrote nothing.
    func write<Row: PostgresRowDecodable>(_ query: PostgresQuery, as type: Row.Type) async throws -> Row? {
        do {
            return try await pool.query(query, as: type).first
        } catch {
            throw ReviewsError(refusal: error) ?? error
        }
    }
}
