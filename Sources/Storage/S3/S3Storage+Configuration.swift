public import SystemPackage

extension S3Storage {
    /// The store, and the limits of what it uses on this machine.
    public struct Configuration: Sendable {
        /// Where the bucket's name is in a URL.
        public enum Addressing: String, Sendable, CaseIterable {
            /// In the path. Every self-hosted server supports it.
            case path
            /// In the host name, as Amazon requires.
            case virtualHost = "virtual-host"
        }

        public var location: S3Location
        public var endpoint: S3Endpoint
        /// The region in signatures. Most self-hosted servers use `us-east-1`.
        public var region: String
        public var addressing: Addressing
        public var credentials: CredentialsSource
        /// The folder on this machine for the unnamed files in use. It is created if it is missing.
        public var spool: FilePath
        /// How many bytes of it may be in use at the same time. A recording counts twice, because its playback copy is about as large.
        public var spoolBytes: Int64
        /// Whether browsers get links to the store, which they must be able to reach.
        public var givesLinks: Bool

        /// A connection or request without progress for this long is aborted and tried again. S3 responds within a second.
        var patience = Duration.seconds(20)
        /// The time limit for connecting.
        var connectPatience = Duration.seconds(3)
        /// A transfer below this rate, in bytes per second, is aborted and continued in another request.
        var slowest: Int64 = 32 << 10
        /// The rate is not checked in this first time of a transfer.
        var slowGrace = Duration.seconds(10)
        /// Larger files are sent in parts, each with its own retries.
        var partBytes: Int64 = 16 << 20
        /// How many objects are listed by one request. A thousand is the most that a store gives.
        var listedAtOnce = 1000
        /// Older unfinished multipart uploads belong to killed processes, because no upload takes a day.
        var leftoverSeconds = 86_400
        var retries = Backoff()
        /// The time limit of one request for credentials. A fetch needs up to three.
        var credentialsPatience = Duration.seconds(5)
        /// The clock for the expiry of credentials.
        var credentialsClock: @Sendable () -> SigningTime = { .now }

        public init(
            location: S3Location, endpoint: S3Endpoint, region: String, addressing: Addressing, credentials: CredentialsSource,
            spool: FilePath,
            spoolBytes: Int64, givesLinks: Bool
        ) {
            self.location = location
            self.endpoint = endpoint
            self.region = region
            self.addressing = addressing
            self.credentials = credentials
            self.spool = spool
            self.spoolBytes = spoolBytes
            self.givesLinks = givesLinks
        }
    }
}
