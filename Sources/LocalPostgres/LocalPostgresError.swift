/// Why the private server cannot be used, in words for the person who typed the command.
public struct LocalPostgresError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The kind of failure. New kinds may be added.
    public struct Code: Sendable, Hashable, CustomStringConvertible {
        public let description: String

        /// PostgreSQL's server programs are not installed, or not in the version that wrote the data.
        public static let programsMissing = Code(description: "programs missing")
        /// `dailies` runs as root, and no unprivileged account is there to run the server.
        public static let accountMissing = Code(description: "account missing")
        /// The folder cannot be created, entered, written, or holds something else.
        public static let folderUnusable = Code(description: "folder unusable")
        /// The server, or the making of its first data, failed; the message carries the server's own lines.
        public static let startFailed = Code(description: "start failed")
        /// The task was cancelled while it waited. Nothing is left held.
        public static let cancelled = Code(description: "cancelled")
    }

    public let code: Code
    /// What failed, on what, and why.
    public let message: String
    /// What the reader can do now.
    public let remedy: String?

    init(_ code: Code, _ message: String, remedy: String? = nil) {
        self.code = code
        self.message = message
        self.remedy = remedy
    }

    public var description: String {
        guard let remedy else { return message }
        return "\(message)\n\(remedy)"
    }
}
