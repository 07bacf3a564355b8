extension SQLState {
    /// Whose fault an error of the server is. What a program does next follows from it.
    public enum Fault: Hashable, Sendable {
        /// This program's: the same statement fails again. It counts against the work that sent it.
        case ours
        /// The server's, its administrator's, or that of the way to it: the same statement succeeds when somebody has mended it. It counts
        /// against nothing.
        case installation
        /// Nobody's: another transaction came first. The whole transaction should be run again at once.
        case conflict
        /// The values': the same values are refused again.
        case data
    }

    /// Whose fault the error is, by ``faultsByCode`` and otherwise by ``faultsByClass``. A code of a class that no table knows is ours: then it is
    /// counted, and the work comes to an end.
    public var fault: Fault {
        Self.faultsByCode[rawValue] ?? Self.faultsByClass[String(errorClass)] ?? .ours
    }

    /// Every class of PostgreSQL's appendix A, of all releases from 12 on, and the classes of this project's functions.
    static let faultsByClass: [String: Fault] = [
        // No errors: the server sends them with a result. Who takes one for an error has a bug.
        "00": .ours, "01": .ours, "02": .ours,
        // A statement that was not sent whole.
        "03": .ours,
        // The way to the server.
        "08": .installation,
        // A trigger's body is the schema's, which this project wrote.
        "09": .ours,
        // A server that is too old, or a pooler that cannot do it: the program should not have asked.
        "0A": .ours,
        // BEGIN within a transaction, a large object's locator: a bug in the order of statements.
        "0B": .ours, "0F": .ours,
        // Accounts that are missing or may not give a right.
        "0L": .installation, "0P": .installation,
        // The bodies of functions: a handler, XML, CASE without a branch, more than one row where one is expected.
        "0Z": .ours, "10": .ours, "20": .ours, "21": .ours,
        // The values.
        "22": .data, "23": .data,
        // The order of statements: cursors, transactions, prepared statements, triggers that change what is being changed.
        "24": .ours, "25": .ours, "26": .ours, "27": .ours,
        // Signing in: a password, a certificate, an account.
        "28": .installation,
        // DROP of what others depend on, COMMIT within a function, functions in other languages.
        "2B": .ours, "2D": .ours, "2F": .ours, "34": .ours, "38": .ours, "39": .ours, "3B": .ours,
        // The database or the schema is missing: nobody has made it.
        "3D": .installation, "3F": .installation,
        // Lost against another transaction.
        "40": .conflict,
        // Text that is no SQL, and names used wrongly.
        "42": .ours,
        // A view refuses the row.
        "44": .data,
        // Disk, memory, connections.
        "53": .installation,
        // A statement that is too large or too deep: this program wrote it.
        "54": .ours,
        // An object that is not ready for the statement.
        "55": .ours,
        // An operator, or a time limit that one has set.
        "57": .installation,
        // Files and devices of the server.
        "58": .installation,
        // The snapshot became too old (until PostgreSQL 16): a new transaction has a new one.
        "72": .conflict,
        // The server's own configuration.
        "F0": .installation,
        // Another server behind this one.
        "HV": .installation,
        // RAISE in a function of the schema.
        "P0": .ours,
        // A bug of the server. It may come from one statement's values, so it counts.
        "XX": .ours,
        // This project's functions: what was asked for does not fit what is there.
        "DA": .data, "DR": .data,
        // The queue's: each is caught where it means something.
        "DJ": .ours,
    ]

    /// The codes that differ from their class.
    static let faultsByCode: [String: Fault] = [
        // An operator's setting, a standby, or a failover under way.
        "25006": .installation,
        // The server ended a transaction that stood still or took too long: this process was stopped, or the machine is overloaded.
        "25P03": .installation, "25P04": .installation,
        // A constraint that was checked at the end: the values'.
        "40002": .data,
        // Whether it took effect is not known, so it must not be run again before somebody has looked.
        "40003": .installation,
        // Rights that the account does not have.
        "42501": .installation,
        // A table, a column, a function, a type is missing: the schema is of another release, or somebody has dropped it.
        "42P01": .installation, "42703": .installation, "42883": .installation, "42704": .installation,
        // Another session holds it, for as long as it wants to.
        "55006": .installation, "55P03": .installation,
        // A parameter that only the server's start can set.
        "55P02": .installation,
        // Pages of a table or of an index are damaged.
        "XX001": .installation, "XX002": .installation,
    ]
}

extension PostgresError {
    /// Whose fault the error is; `nil` for a cancellation, which is nobody's.
    public var fault: SQLState.Fault? {
        switch kind {
        case .connecting, .connectionLost, .commitOutcomeUnknown, .poolTimeout, .timedOut: .installation
        case .server(let error): error.sqlState.fault
        case .encoding(_, isNUL: true): .data
        case .rolledBack, .decoding, .encoding, .pipelineAborted, .poolClosed, .misuse: .ours
        case .cancelled: nil
        }
    }

    /// Whether another session holds a lock for longer than this one waits.
    public var isLockTimeout: Bool { server?.sqlState == .lockNotAvailable }
}
