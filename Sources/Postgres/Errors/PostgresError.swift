/// Everything that this target throws.
///
/// `description` is written for the person who has to act on it. It never holds a password, a bound value or the server's
/// DETAIL, which may quote candidates' data.
public struct PostgresError: Error, Sendable, CustomStringConvertible {
    public enum Kind: Sendable {
        /// No connection could be made to `target`, for `reason`.
        case connecting(target: String, reason: String)
        /// The server refused the statement; the connection is still usable.
        case server(ServerError)
        /// The connection broke. Whether a statement that was under way outside a transaction took effect is not known.
        case connectionLost(reason: String, sqlState: SQLState?)
        /// The connection broke while COMMIT was under way: the transaction may or may not have happened. Look its outcome up
        /// before doing it again.
        case commitOutcomeUnknown(reason: String)
        /// The transaction's body returned normally, yet the server rolled back, because a statement in it had failed and the
        /// body had ignored that.
        case rolledBack
        /// A result could not be turned into the wanted Swift type.
        case decoding(DecodingFailure)
        /// A value has no representation in PostgreSQL, so nothing was sent.
        ///
        /// - Parameter isNUL: whether it is a text with the character NUL, which only comes from outside.
        case encoding(reason: String, isNUL: Bool = false)
        /// The query of a pipeline was not run, because an earlier one of the same transaction failed.
        case pipelineAborted
        /// Every connection of the pool was lent out for the whole waiting time.
        case poolTimeout(limit: Int, waited: Duration)
        /// The pool was closed.
        case poolClosed
        /// A blocking call reached its time limit; its connection is broken.
        case timedOut(after: Duration)
        /// The task was cancelled; the statement was stopped or never sent.
        case cancelled
        /// The caller broke a rule of this interface; the text says which.
        case misuse(String)
    }

    /// A value in a row that has another form than expected. The value itself is not included.
    public struct DecodingFailure: Hashable, Sendable {
        public let column: String
        public let expected: String
        public let actual: String
    }

    public let kind: Kind

    /// The name of the query, or the beginning of its SQL with `$1` where values stood.
    public internal(set) var query: String?

    init(_ kind: Kind, query: String? = nil) {
        self.kind = kind
        self.query = query
    }

    /// Converts the error of an untyped `throws`, such as a transaction's whose body throws only this type.
    package init(_ error: any Error) {
        switch error {
        case let error as PostgresError: self = error
        case is CancellationError: self.init(.cancelled)
        default: self.init(.misuse("\(type(of: error)) was thrown where only database errors are expected"))
        }
    }

    func during(_ query: String?) -> PostgresError {
        var error = self
        if error.query == nil { error.query = query }
        return error
    }
}

extension PostgresError {
    /// The server's answer, when the server refused a statement.
    public var server: ServerError? {
        if case .server(let error) = kind { error } else { nil }
    }

    public var sqlState: SQLState? {
        switch kind {
        case .server(let error): error.sqlState
        case .connectionLost(_, let state): state
        default: nil
        }
    }

    /// The violated constraint's name, for telling one violation from another.
    public var constraint: String? {
        server?.constraint
    }

    /// True when the installation is at fault (``fault``), so that the same work may succeed later, unchanged.
    /// An unknown commit outcome counts, but has to be looked up before anything is done again.
    public var isInfrastructure: Bool { fault == .installation }

    /// True when the transaction lost against another one (serialization failure, deadlock) and should simply be run again.
    public var isConflict: Bool {
        server?.sqlState.isConflict ?? false
    }

    /// True when a bound text holds the character NUL. The sender of that text is at fault.
    public var isOfNUL: Bool {
        if case .encoding(_, true) = kind { true } else { false }
    }

    public var isCancellation: Bool {
        if case .cancelled = kind { true } else { false }
    }

    public var isConnectionLost: Bool {
        if case .connectionLost = kind { true } else { false }
    }

    public var isCommitOutcomeUnknown: Bool {
        if case .commitOutcomeUnknown = kind { true } else { false }
    }
}
