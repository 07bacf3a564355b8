public import SystemPackage

extension S3Storage {
    /// Which store, and what of this machine it may use.
    public struct Configuration: Sendable {
        /// Where the bucket stands in a URL.
        public enum Addressing: String, Sendable, CaseIterable {
            /// In the path, which every server of one's own understands.
            case path
            /// In the host's name, which Amazon wants.
            case virtualHost = "virtual-host"
        }

        public var location: S3Location
        public var endpoint: S3Endpoint
        /// As requests are signed for it; servers of one's own mostly take `us-east-1`.
        public var region: String
        public var addressing: Addressing
        public var credentials: CredentialsSource
        /// A folder on this machine, made when it is missing, for the unnamed files of what is being worked on.
        public var spool: FilePath
        /// How much of it may be in use at once; a recording counts twice, because its playback copy is about as large.
        public var spoolBytes: Int64
        /// Whether browsers get links to the store itself, for which they have to reach it.
        public var givesLinks: Bool

        /// A connection or a request that stands still for as long is given up, and tried again. S3 answers within a second.
        var patience = Duration.seconds(20)
        /// A connection is made within as long.
        var connectPatience = Duration.seconds(3)
        /// Below this rate, in bytes a second, a transfer is given up and taken up again where it was.
        var slowest: Int64 = 32 << 10
        /// For as long a transfer may be as slow as it likes.
        var slowGrace = Duration.seconds(10)
        /// What is larger is sent in parts, which are tried again one by one.
        var partBytes: Int64 = 16 << 20
        /// Unfinished uploads in parts that are older were left by a process that was killed: nothing takes a day.
        var leftoverSeconds = 86_400
        var retries = Backoff()
        /// For one request for credentials, of which there may be three for one fetch.
        var credentialsPatience = Duration.seconds(5)
        /// By which credentials expire.
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
