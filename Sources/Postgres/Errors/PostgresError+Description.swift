import ForeignText

extension PostgresError {
    public var description: String {
        let subject = query.map { " (query “\($0)”)" } ?? ""
        switch kind {
        case .connecting(let target, let reason):
            return "Cannot connect to PostgreSQL, \(target): \(reason)\(Self.separator(after: reason)) \(Self.advice(for: reason))"
        case .server(let error):
            return Self.describe(error, subject: subject)
        case .connectionLost(let reason, let state):
            let code = state.map { " (SQLSTATE \($0))" } ?? ""
            let end = code.isEmpty ? Self.separator(after: reason) : "."
            return "The connection to PostgreSQL was lost\(subject): \(reason)\(code)\(end) It is made anew when it is needed again."
        case .commitOutcomeUnknown(let reason):
            return "The connection to PostgreSQL was lost during COMMIT: \(reason)\(Self.separator(after: reason)) "
                + "Whether the transaction took effect is not known; look before doing it again."
        case .rolledBack:
            return
                "PostgreSQL rolled the transaction back instead of committing it, because a statement in it had failed. "
                + "Nothing was changed."
        case .decoding(let failure):
            return "Column “\(failure.column)”\(subject) holds \(failure.actual), but \(failure.expected) was expected. "
                + "The database's schema and this program may be of different versions: `dailies migrate` brings the schema up to date."
        case .encoding(let reason, _):
            return "A value cannot be sent to PostgreSQL\(subject): \(reason)."
        case .pipelineAborted:
            return "Not run\(subject), because an earlier query of the same pipeline failed."
        case .poolTimeout(let limit, let waited):
            return "No database connection became free within \(waited): all \(limit) are in use. "
                + "Raise the pool's size (and PostgreSQL's max_connections with it), or let fewer things run at once."
        case .poolClosed:
            return "The pool of database connections is closed: the program is shutting down."
        case .timedOut(let duration):
            return "PostgreSQL did not answer within \(duration)\(subject). Is the server overloaded, or the network to it broken?"
        case .cancelled:
            return "Cancelled\(subject)."
        case .misuse(let rule):
            return "Wrong use of the database connection\(subject): \(rule)."
        }
    }

    private static func describe(_ error: ServerError, subject: String) -> String {
        var text = "PostgreSQL refused\(subject): \(error.safeMessage) (SQLSTATE \(error.sqlState)"
        if !error.whereabouts.isEmpty { text += "; \(error.whereabouts)" }
        text += ")."
        if let hint = error.hint { text += " Hint: \(hint)" }
        switch error.sqlState {
        case .insufficientPrivilege: text += " Grant the database user this right, or connect as another user."
        case .undefinedTable, .undefinedColumn, .undefinedFunction: text += " Is the schema up to date? `dailies migrate` brings it there."
        case .diskFull: text += " Free some space on the database server's disk."
        case .lockNotAvailable: text += " Another session holds what this one needs, and does not end its transaction."
        case .queryCanceled: text += " A time limit of the server, or an administrator, ended it."
        case .tooManyConnections: text += " Raise the server's max_connections or make the pools smaller."
        case .readOnlyTransaction:
            text +=
                " The server is a standby, or default_transaction_read_only is on for this account, this database or the server. "
                + "Add target_session_attrs=read-write to the connection string when it names several hosts."
        default: break
        }
        return text
    }

    private static func separator(after reason: String) -> String {
        reason.last.map { ".!?".contains($0) } == true ? "" : "."
    }

    /// libpq reports failures to connect only as text, so the advice depends on that text.
    private static func advice(for reason: String) -> String {
        if reason.holds("authentication failed") || reason.holds("no password supplied") {
            return "Check the user and the password in DATABASE_URL, PGPASSWORD or ~/.pgpass."
        }
        if reason.holds("pg_hba.conf") {
            return "The server's pg_hba.conf has to allow this user, database and address."
        }
        if reason.holds("does not exist") {
            return "Create it, or check the names in DATABASE_URL."
        }
        if reason.holds("too many clients") || reason.holds("connection slots") {
            return "Raise the server's max_connections or make the pools smaller."
        }
        if reason.holds("translate host name") {
            return "Check the host's name in DATABASE_URL."
        }
        if reason.holds("SSL") || reason.holds("certificate") {
            return "Check sslmode and sslrootcert in DATABASE_URL."
        }
        if reason.holds("connection string") {
            return "Check DATABASE_URL, for example postgresql://user@host:5432/database."
        }
        return "Is PostgreSQL running there? Check DATABASE_URL or the PG… variables."
    }
}
