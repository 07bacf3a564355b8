public import SystemPackage

/// Why a file could not be read or stored. ``fault`` says whose fault it is, because that decides what happens to a job.
public struct StorageError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Whose fault a failure is.
    public enum Fault: Sendable, Hashable {
        /// The request's: the same request fails again.
        case request
        /// The storage's: it may work again later.
        case infrastructure
    }

    /// The kind of failure; new kinds may be added.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        public let description: String
        public let fault: Fault

        /// The text is not a valid key.
        public static let invalidKey = Code(description: "invalid key", fault: .request)
        /// Nothing is stored under the key.
        public static let notFound = Code(description: "not found", fault: .request)
        /// The key leads to a folder, a link, a pipe or a device.
        public static let notAFile = Code(description: "not a file", fault: .request)
        /// The file is larger than the caller accepts; ``StorageError/bytes`` says how large.
        public static let tooLarge = Code(description: "too large", fault: .request)
        /// The file to be imported cannot be read.
        public static let unreadableSource = Code(description: "unreadable source", fault: .request)
        /// What is stored is not the content that the key or the caller names. It says nothing about other files; a person has to restore this one.
        public static let damaged = Code(description: "damaged", fault: .infrastructure)
        /// The disk or the quota is full.
        public static let full = Code(description: "full", fault: .infrastructure)
        /// The storage is away or broken, or this process may not use it.
        public static let unavailable = Code(description: "unavailable", fault: .infrastructure)
    }

    public let code: Code
    /// What failed, on what, why, and what to do if that is known.
    public let message: String
    /// The operating system's error, if there is one.
    public let cause: Errno?
    /// The file's length, if the length is the problem.
    public let bytes: Int64?

    public var fault: Fault { code.fault }
    public var description: String { message }

    init(_ code: Code, _ message: String, cause: Errno? = nil, bytes: Int64? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
        self.bytes = bytes
    }

    static func tooLarge(_ key: StorageKey, bytes: Int64, limit: Int64) -> StorageError {
        StorageError(.tooLarge, "\(key) has \(bytes) bytes; \(limit) are the most that is opened.", bytes: bytes)
    }

    /// For a recording whose bytes are not those that were sent.
    public static func damaged(_ key: StorageKey) -> StorageError {
        StorageError(
            .damaged,
            "\(key) is damaged: its bytes are not the ones that were sent. Restore it; `dailies storage verify` finds all such files.")
    }

    /// The file that was to be stored is another one than it was when the work on it began. Nothing was stored.
    static var changedSource: StorageError {
        StorageError(
            .unreadableSource, "The file changed while it was read, and nothing was stored. Store it when nobody writes to it any more.")
    }

    /// A failed operation on the storage itself. An error of the system here means that the storage has a problem.
    init(_ cause: Errno, cannot action: String) {
        switch cause {
        case .noSpace, .diskQuotaExceeded:
            self.init(.full, "Cannot \(action): the disk is full (\(cause)). Free some space; the work goes on by itself.", cause: cause)
        case .permissionDenied, .notPermitted, .readOnlyFileSystem:
            self.init(
                .unavailable, "Cannot \(action): \(cause). Give the user that runs dailies the right to read and write the storage folder.",
                cause: cause)
        default:
            self.init(.unavailable, "Cannot \(action): \(cause).", cause: cause)
        }
    }
}
