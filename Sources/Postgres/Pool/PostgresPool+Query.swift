/// Single statements on any connection of the pool.
extension PostgresPool {
    /// A pool of connections with these settings and otherwise the defaults.
    public convenience init(_ connection: PostgresConfiguration, limit: Int = 10) {
        self.init(Configuration(connection, limit: limit))
    }

    /// How often a statement or a transaction is tried that loses against another transaction (serialization failure, deadlock). All of it has
    /// failed then, so that it is safe to run again. The waits between have jitter.
    public static let conflictAttempts = 5

    /// See ``PostgresConnection/query(_:)``. A statement that loses against another transaction is tried again.
    @discardableResult
    public func query(_ query: PostgresQuery) async throws(PostgresError) -> PostgresRows {
        var attempt = 1
        while true {
            do throws(PostgresError) {
                return try await queryOnce(query)
            } catch {
                guard error.isConflict, attempt < Self.conflictAttempts else { throw error }
            }
            try await Backoff.conflict.pause(after: attempt)
            attempt += 1
        }
    }

    private func queryOnce(_ query: PostgresQuery) async throws(PostgresError) -> PostgresRows {
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

    /// See ``PostgresConnection/pipeline(_:inOneTransaction:)``. One transaction that loses against another is tried again.
    public func pipeline(
        _ queries: [PostgresQuery], inOneTransaction: Bool = true
    ) async throws(PostgresError) -> [Result<PostgresRows, PostgresError>] {
        var attempt = 1
        while true {
            let results = try await pipelineOnce(queries, inOneTransaction)
            let lost = results.contains { if case .failure(let error) = $0 { error.isConflict } else { false } }
            guard inOneTransaction, lost, attempt < Self.conflictAttempts else { return results }
            try await Backoff.conflict.pause(after: attempt)
            attempt += 1
        }
    }

    private func pipelineOnce(
        _ queries: [PostgresQuery], _ inOneTransaction: Bool
    ) async throws(PostgresError) -> [Result<PostgresRows, PostgresError>] {
        let connection = try await acquire()
        defer { giveBack(connection) }
        return try await connection.pipeline(queries, inOneTransaction: inOneTransaction)
    }

    /// See ``PostgresConnection/transaction(isolation:readOnly:attempts:_:)``. Unless `attempts` is 1, `body` must do nothing but database
    /// work, for it may run several times.
    public func transaction<Value>(
        isolation: TransactionIsolation? = nil, readOnly: Bool = false, attempts: Int = PostgresPool.conflictAttempts,
        _ body: (PostgresConnection) async throws -> Value
    ) async throws -> Value {
        try await withConnection { connection in
            try await connection.transaction(isolation: isolation, readOnly: readOnly, attempts: attempts, body)
        }
    }
}
