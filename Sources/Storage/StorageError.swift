public import SystemPackage

/// Why a file could not be read or kept. ``fault`` says whose fault it is, because that decides what happens to a job.
public struct StorageError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Whom a failure speaks of.
    public enum Fault: Sendable, Hashable {
        /// The thing that was asked for: asking again gives the same answer.
        case request
        /// The storage itself: it may work again later.
        case infrastructure
    }

    /// The kind of failure; new kinds may be added.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        public let description: String
        public let fault: Fault

        /// The text can be the key of nothing.
        public static let invalidKey = Code(description: "invalid key", fault: .request)
        /// Nothing is stored under the key.
        public static let notFound = Code(description: "not found", fault: .request)
        /// The key leads to a folder, a link, a pipe or a device.
        public static let notAFile = Code(description: "not a file", fault: .request)
        /// The file is larger than the caller takes; ``StorageError/bytes`` says how large.
        public static let tooLarge = Code(description: "too large", fault: .request)
        /// The file to be imported cannot be read.
        public static let unreadableSource = Code(description: "unreadable source", fault: .request)
        /// The disk or the quota is used up.
        public static let full = Code(description: "full", fault: .infrastructure)
        /// The storage is away, broken, or closed to this process.
        public static let unavailable = Code(description: "unavailable", fault: .infrastructure)
    }

    public let code: Code
    /// What failed, on what, why, and what to do where that is known.
    public let message: String
    /// What the operating system answered, if it did.
    public let cause: Errno?
    /// The file's length, where that is what is wrong.
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

    /// A failed operation on the storage itself, where a refusal of the system means that the storage is not as it should be.
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
