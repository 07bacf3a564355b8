extension PostgresConnection {
    /// Sends all queries at once and returns one result for each, in order: one round trip instead of many.
    ///
    /// - Parameters:
    ///   - queries: What to run, in this order.
    ///   - inOneTransaction: True: the first failure undoes all of them, and the queries after it get
    ///     ``PostgresError/Kind/pipelineAborted``. False: each query stands for itself. Inside an open transaction, a failure fails that
    ///     transaction either way.
    /// - Returns: For each query its rows or its own error. With `inOneTransaction`, the results are in effect only if none is an
    ///   error.
    /// - Throws: Errors of the whole pipeline: a lost connection (then it is not known what took effect), cancellation, a value that
    ///   cannot be sent (then nothing was).
    public func pipeline(
        _ queries: [PostgresQuery], inOneTransaction: Bool = true
    ) async throws(PostgresError) -> [Result<PostgresRows, PostgresError>] {
        try await pipeline(
            queries, inOneTransaction: inOneTransaction,
            label: "pipeline of \(queries.count), first “\(queries.first?.label ?? "")”", onCancellation: .stop)
    }

    func pipeline(
        _ queries: [PostgresQuery], inOneTransaction: Bool, label: String, onCancellation: OnCancellation
    ) async throws(PostgresError) -> [Result<PostgresRows, PostgresError>] {
        guard !queries.isEmpty else { return [] }
        for query in queries { try query.validate() }
        var answers = PipelineResults(queries, inOneTransaction: inOneTransaction)
        let wasStopped = try await exchange(label, onCancellation: onCancellation) { handle throws(PostgresError) in
            try handle.enterPipeline()
            for (index, query) in queries.enumerated() {
                try handle.send(query)
                if !inOneTransaction || index == queries.indices.last { try handle.syncPipeline() }
            }
        } receive: { result throws(PostgresError) in
            try answers.take(result)
        }
        do throws(PostgresError) {
            try handle.leavePipeline()
        } catch {
            giveUp(error)
            throw error
        }
        if wasStopped, answers.hasStoppedQuery { throw PostgresError(.cancelled) }
        return answers.results
    }
}

/// Sorts the results that libpq returns in pipeline mode by query.
///
/// Each query gives one result, then an end (nil); each transaction ends in a sync. An error between the last query and the sync
/// is the transaction's COMMIT failing, which undoes all of its queries. Everything else is no answer to what was sent.
struct PipelineResults {
    private let labels: [String]
    /// Whether each query is a ROLLBACK.
    private let rollbacks: [Bool]
    private let inOneTransaction: Bool
    private(set) var results: [Result<PostgresRows, PostgresError>] = []
    private var firstOfTransaction = 0

    init(_ queries: [PostgresQuery], inOneTransaction: Bool) {
        labels = queries.map(\.label)
        rollbacks = queries.map(\.sql.asksForRollback)
        self.inOneTransaction = inOneTransaction
    }

    var hasStoppedQuery: Bool {
        results.contains { if case .failure(let error) = $0 { error.sqlState == .queryCanceled } else { false } }
    }

    /// - Returns: true at the end of the whole pipeline.
    /// - Throws: ``PostgresError/Kind/connectionLost(reason:sqlState:)`` when no server answers so.
    mutating func take(_ result: LibpqResult?) throws(PostgresError) -> Bool {
        switch result {
        case nil, .unsupported: return false
        case .rows(let rows):
            guard results.count < endOfTransaction else { throw .outOfStep("more results than queries") }
            let isRolledBack = rows.commandTag == "ROLLBACK" && results.count < labels.count && !rollbacks[results.count]
            append { label in isRolledBack ? .failure(PostgresError(.rolledBack, query: label)) : .success(rows) }
        case .failure(let error): append { label in .failure(PostgresError(.server(error), query: label)) }
        case .pipelineAborted:
            guard results.count < endOfTransaction else { throw .outOfStep("more results than queries") }
            append { label in .failure(PostgresError(.pipelineAborted, query: label)) }
        case .pipelineSync:
            guard results.count == endOfTransaction else { throw .outOfStep("fewer results than queries") }
            firstOfTransaction = results.count
            return results.count == labels.count
        }
        return false
    }

    private var endOfTransaction: Int {
        inOneTransaction ? labels.count : min(firstOfTransaction + 1, labels.count)
    }

    private mutating func append(_ result: (String) -> Result<PostgresRows, PostgresError>) {
        if results.count < endOfTransaction {
            results.append(result(labels[results.count]))
        } else {
            for index in firstOfTransaction..<results.count { results[index] = result(labels[index]) }
        }
    }
}
