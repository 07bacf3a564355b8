/// A five-character SQLSTATE: PostgreSQL's stable, language-independent name for what went wrong.
///
/// Source: PostgreSQL's documentation, appendix A, "PostgreSQL Error Codes".
public struct SQLState: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    public let rawValue: String

    public init(rawValue: String) {
        self.rawValue = rawValue
    }

    private init(_ rawValue: String) {
        self.rawValue = rawValue
    }

    /// The first two characters: the class that codes of one sort share.
    public var errorClass: Substring {
        rawValue.prefix(2)
    }

    public var description: String {
        guard let name = Self.names[self] else { return rawValue }
        return "\(rawValue) \(name)"
    }

    public static let connectionFailure = SQLState("08006")
    public static let featureNotSupported = SQLState("0A000")
    public static let numericValueOutOfRange = SQLState("22003")
    public static let invalidTextRepresentation = SQLState("22P02")
    public static let notNullViolation = SQLState("23502")
    public static let foreignKeyViolation = SQLState("23503")
    public static let uniqueViolation = SQLState("23505")
    public static let checkViolation = SQLState("23514")
    public static let exclusionViolation = SQLState("23P01")
    public static let readOnlyTransaction = SQLState("25006")
    public static let inFailedTransaction = SQLState("25P02")
    public static let invalidStatementName = SQLState("26000")
    public static let serializationFailure = SQLState("40001")
    public static let deadlockDetected = SQLState("40P01")
    public static let insufficientPrivilege = SQLState("42501")
    public static let syntaxError = SQLState("42601")
    public static let undefinedColumn = SQLState("42703")
    public static let undefinedFunction = SQLState("42883")
    public static let undefinedTable = SQLState("42P01")
    public static let diskFull = SQLState("53100")
    public static let tooManyConnections = SQLState("53300")
    public static let lockNotAvailable = SQLState("55P03")
    public static let queryCanceled = SQLState("57014")
    public static let adminShutdown = SQLState("57P01")
    public static let crashShutdown = SQLState("57P02")
    public static let cannotConnectNow = SQLState("57P03")
    public static let raisedException = SQLState("P0001")

    private static let names: [SQLState: String] = [
        .connectionFailure: "connection_failure",
        .featureNotSupported: "feature_not_supported",
        .numericValueOutOfRange: "numeric_value_out_of_range",
        .invalidTextRepresentation: "invalid_text_representation",
        .notNullViolation: "not_null_violation",
        .foreignKeyViolation: "foreign_key_violation",
        .uniqueViolation: "unique_violation",
        .checkViolation: "check_violation",
        .exclusionViolation: "exclusion_violation",
        .readOnlyTransaction: "read_only_sql_transaction",
        .inFailedTransaction: "in_failed_sql_transaction",
        .serializationFailure: "serialization_failure",
        .deadlockDetected: "deadlock_detected",
        .insufficientPrivilege: "insufficient_privilege",
        .syntaxError: "syntax_error",
        .undefinedColumn: "undefined_column",
        .undefinedFunction: "undefined_function",
        .undefinedTable: "undefined_table",
        .diskFull: "disk_full",
        .tooManyConnections: "too_many_connections",
        .lockNotAvailable: "lock_not_available",
        .queryCanceled: "query_canceled",
        .adminShutdown: "admin_shutdown",
        .crashShutdown: "crash_shutdown",
        .cannotConnectNow: "cannot_connect_now",
        .raisedException: "raise_exception",
    ]
}

extension SQLState {
    /// True when the installation is at fault (``fault``), not the statement, so that the same statement may well succeed later.
    public var isInfrastructure: Bool { fault == .installation }

    /// True when two transactions were in conflict and the remedy is to run the whole transaction again.
    public var isConflict: Bool { fault == .conflict }
}
