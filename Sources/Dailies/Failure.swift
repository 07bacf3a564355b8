import ArgumentParser
import Inspectors
import Interviews
import LocalPostgres
import Migrations
import Postgres
import ReviewSite
import Reviews
import Storage

/// Why a command failed: a sentence for people, and an exit code after sysexits(3) for scripts.
struct Failure: Error {
    var message: String
    var exitCode: ExitCode

    init(_ message: String, _ exitCode: ExitCode) {
        self.message = message
        self.exitCode = exitCode
    }

    /// `nil` for errors that ArgumentParser prints itself: help and plain exit codes.
    init?(_ error: any Error) {
        switch error {
        case let error as Failure: self = error
        case let error as SettingsError: self.init(error.description, .configuration)
        case let error as ReviewSite.Unavailable: self.init(error.description, .unavailable)
        case let error as AccountsError: self.init(error.description, .data)
        case let error as ReviewsError: self.init(error.description, .data)
        case let error as InterviewsError: self.init(error.description, .data)
        case let error as PostgresError: self.init(error.description, Self.exitCode(of: error))
        case let error as LocalPostgresError: self.init(error.description, .unavailable)
        case let error as MigrationError: self.init(error.description, .configuration)
        case let error as StorageError: self.init(error.description, error.fault == .request ? .data : .unavailable)
        case let error as InspectorError: self.init(error.description, .unavailable)
        case is CancellationError: self.init("stopped", .temporary)
        case is ExitCode, is CleanExit, is ValidationError: return nil
        default: self.init("\(error)", .software)
        }
    }

    private static func exitCode(of error: PostgresError) -> ExitCode {
        switch error.fault {
        case .installation: error.isLockTimeout ? .temporary : .unavailable
        case .conflict, nil: .temporary
        case .data: .data
        case .ours: .software
        }
    }
}

extension Failure {
    /// Whether a command only failed because it was stopped.
    static func isCancellation(_ error: any Error) -> Bool {
        switch error {
        case is CancellationError: true
        case let error as PostgresError: error.isCancellation
        case MigrationError.failed(_, let error), MigrationError.database(let error): error.isCancellation
        case let error as LocalPostgresError: error.code == .cancelled
        case let error as InspectorError: error == .shutDown
        default: false
        }
    }
}

extension ExitCode {
    /// The input data are wrong (EX_DATAERR).
    static let data = ExitCode(65)
    /// An input file is missing or unreadable (EX_NOINPUT).
    static let noInput = ExitCode(66)
    /// A service that is needed is away (EX_UNAVAILABLE).
    static let unavailable = ExitCode(69)
    /// A fault of ours (EX_SOFTWARE).
    static let software = ExitCode(70)
    /// Writing failed (EX_IOERR).
    static let ioError = ExitCode(74)
    /// Try again later (EX_TEMPFAIL).
    static let temporary = ExitCode(75)
    /// A setting is wrong (EX_CONFIG).
    static let configuration = ExitCode(78)
}
