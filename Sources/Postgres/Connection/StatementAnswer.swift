import ForeignText

/// What the server says about one statement, or one script, from all of its results.
///
/// Rows are not the end of a statement: outside a transaction the server commits after it has sent them, and says only then that this failed
/// (a deferred constraint, a serialization failure, a cancel). The last error counts.
struct StatementAnswer {
    private let label: String
    private let endsByRollback: Bool
    /// Whether it is a script, which has a result for each of its statements.
    private let isScript: Bool
    private var rows: PostgresRows?
    private var failure: ServerError?
    private var isRolledBack = false

    /// - Parameter sql: the statement, or the script, as it is sent.
    init(to sql: String, label: String, isScript: Bool = false) {
        self.label = label
        self.isScript = isScript
        endsByRollback = sql.asksForRollback
    }

    /// - Returns: true at the end of the answer.
    /// - Throws: ``PostgresError/Kind/connectionLost(reason:sqlState:)`` when no server answers so.
    mutating func take(_ result: LibpqResult?) throws(PostgresError) -> Bool {
        switch result {
        case .rows(let rows):
            // An error ends a script, so only its first statement can find a transaction that has failed.
            if self.rows == nil, rows.commandTag == "ROLLBACK", !endsByRollback { isRolledBack = true }
            guard self.rows == nil || isScript else { throw .outOfStep("two results for one statement") }
            if self.rows == nil { self.rows = rows }
        case .failure(let error): failure = error
        case nil:
            guard rows != nil || failure != nil else { throw .outOfStep("no result") }
            return true
        case .pipelineSync, .pipelineAborted: throw .outOfStep("a pipeline's result for a statement")
        case .unsupported: break
        }
        return false
    }

    /// The statement's rows, of a script those of its first statement.
    ///
    /// - Parameter wasStopped: whether the server was asked to stop the statement.
    func get(wasStopped: Bool = false) throws(PostgresError) -> PostgresRows {
        if let failure { throw PostgresError.answer(failure, wasStopped: wasStopped, label) }
        if isRolledBack { throw PostgresError(.rolledBack, query: label) }
        guard let rows else { throw PostgresError(.misuse("the server gave no result"), query: label) }
        return rows
    }
}

extension String {
    /// Whether it is a ROLLBACK. The server also answers so to the COMMIT of a transaction that has failed.
    var asksForRollback: Bool {
        let word = withoutLeadingComments.utf8.prefix { (0x41...0x5A).contains($0 & 0xDF) }
        return ["rollback", "abort"].contains(String(Substring(word)).inLowerCase)
    }

    private var withoutLeadingComments: Substring {
        var rest = self[...]
        while true {
            rest = rest.trimmed
            if let behind = rest.rest(after: ";") {
                rest = behind
            } else if rest.begins(with: "--") {
                rest = rest.cut(at: "\n")?.after ?? ""
            } else if rest.begins(with: "/*"), let end = rest.cut(at: "*/") {
                rest = end.after
            } else {
                return rest
            }
        }
    }
}
