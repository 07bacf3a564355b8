public import SystemPackage

extension LocalPostgres {
    /// The private server's folder and settings.
    public struct Configuration: Sendable {
        /// What may be lost when the machine crashes.
        public enum Durability: Sendable {
            /// Nothing that was committed: `fsync` and `synchronous_commit` are on.
            case full
            /// Everything, because `fsync` is off. For tests, whose data is temporary. A killed server still loses nothing, because commits
            /// have reached the kernel.
            case none
        }

        /// The server's folder. It is created if it is missing, and must hold nothing else.
        public var folder: FilePath
        /// The most connections of all `dailies` processes together. Default 100, PostgreSQL's own.
        public var maxConnections: Int
        /// PostgreSQL settings by name, over this type's own; a value is taken literally, whatever it contains.
        public var settings: [String: String]
        /// Default ``Durability/full``.
        public var durability: Durability
        /// For how long a server that *fails* to start is started again, when the cause may pass, such as the remains of a
        /// killed server. Default 30 s. A server that is recovering from a crash is waited for without limit.
        public var startTimeout: Duration
        /// Where PostgreSQL's programs are; `nil`, the default, searches for them.
        public var programs: FilePath?

        public init(
            folder: FilePath, maxConnections: Int = 100, settings: [String: String] = [:], durability: Durability = .full,
            startTimeout: Duration = .seconds(30), programs: FilePath? = nil
        ) {
            self.folder = folder
            self.maxConnections = maxConnections
            self.settings = settings
            self.durability = durability
            self.startTimeout = startTimeout
            self.programs = programs
        }

        /// The settings on the server's command line, so that every start uses the current values.
        func serverSettings(socketFolder: FilePath) -> [String: String] {
            var result = [
                "listen_addresses": "",
                "unix_socket_directories": socketFolder.string,
                "unix_socket_permissions": "0700",
                "port": "\(SocketFolder.port)",
                "max_connections": "\(maxConnections)",
                "shared_buffers": "128MB",
                // DETAIL lines quote the offending row, and rows hold people's names.
                "log_error_verbosity": "terse",
                "log_line_prefix": "%m [%p] ",
                "timezone": "UTC",
                "log_timezone": "UTC",
            ]
            if durability == .none {
                result.merge(["fsync": "off", "full_page_writes": "off"]) { $1 }
            }
            return result.merging(settings) { $1 }
        }
    }
}
