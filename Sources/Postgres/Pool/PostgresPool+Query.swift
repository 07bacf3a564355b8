/// Single statements on any connection of the pool.
extension PostgresPool {
    /// A pool of connections with these settings and otherwise the defaults.
    public convenience init(_ connection: PostgresConfiguration, limit: Int = 10) {
        self.init(Configuration(connection, limit: limit))
    }

    /// See ``PostgresConnection/query(_:)``.
    @discardableResult
    public func query(_ query: PostgresQuery) async throws(PostgresError) -> PostgresRows {
        let connection = try await acquire()
        defer { giveBack(connection) }
        return try await connection.query(query)
    }

    /// See ``PostgresConnection/query(_:as:)``.
    public func query<each Value: PostgresDecodable>(
        _ query: PostgresQuery, as types: (repeat (each Value).Type)
    ) async throws(PostgresError) -> [(repeat each Value)] {
        try await self.query(query).decode((repeat each types))
    }

    /// See ``PostgresConnection/query(_:as:)``.
    public func query<Value: PostgresRowDecodable>(_ query: PostgresQuery, as type: Value.Type) async throws(PostgresError) -> [Value] {
        try await self.query(query).decode(type)
    }

    /// See ``PostgresConnection/execute(_:)``.
    @discardableResult
    public func execute(_ query: PostgresQuery) async throws(PostgresError) -> Int {
        try await self.query(query).affectedRows ?? 0
    }

    /// See ``PostgresConnection/pipeline(_:inOneTransaction:)``.
    public func pipeline(
        _ queries: [PostgresQuery], inOneTransaction: Bool = true
    ) async throws(PostgresError) -> [Result<PostgresRows, PostgresError>] {
        let connection = try await acquire()
        defer { giveBack(connection) }
        return try await connection.pipeline(queries, inOneTransaction: inOneTransaction)
    }

    /// See ``PostgresConnection/transaction(isolation:readOnly:attempts:_:)``.
    public func transaction<Value>(
        isolation: TransactionIsolation? = nil, readOnly: Bool = false, attempts: Int = 1,
        _ body: (PostgresConnection) async throws -> Value
    ) async throws -> Value {
        try await withConnection { connection in
            try await connection.transaction(isolation: isolation, readOnly: readOnly, attempts: attempts, body)
        }
    }
}
