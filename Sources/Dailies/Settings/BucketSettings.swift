import ForeignText
import Storage
import SystemPackage

/// The settings of a bucket.
struct BucketSettings: Sendable {
    /// How browsers get videos.
    enum Media: String, CaseIterable, Sendable {
        /// From the store, by links that expire.
        case links
        /// From the site, because browsers do not reach the store.
        case through
    }

    var region: Setting<String>
    var endpoint: Setting<S3Endpoint>
    var addressing: Setting<S3Storage.Configuration.Addressing>
    var media: Setting<Media>
    /// The folder on this machine for files in use.
    var spool: Setting<FilePath>
    /// At least twice the size of the largest recording.
    var spoolMiB: Setting<Int>
    var configuration: S3Storage.Configuration

    init(
        _ location: S3Location, reader: SettingsReader, environment: [String: String], data: FilePath,
        recordingBytes: Int64
    ) throws(SettingsError) {
        region =
            try reader.text("s3-region") ?? Self.variable(["AWS_REGION", "AWS_DEFAULT_REGION"], of: environment)
            ?? Setting(value: "us-east-1", source: .standard)
        guard region.value.plainMatch(of: /[A-Za-z0-9\-]{1,64}/) != nil else {
            throw SettingsError("s3-region", from: region.source, "is no name of a region, such as eu-central-1.")
        }
        let given = try reader.text("s3-endpoint") ?? Self.variable(["AWS_ENDPOINT_URL_S3", "AWS_ENDPOINT_URL"], of: environment)
        if let given {
            guard let endpoint = S3Endpoint(given.value) else {
                throw SettingsError(
                    "s3-endpoint", from: given.source,
                    "needs a URL without a path and without keys, such as https://s3.example.org.")
            }
            self.endpoint = Setting(value: endpoint, source: given.source)
        } else {
            guard let endpoint = S3Endpoint.amazon(region: region.value) else {
                throw SettingsError("s3-region", from: region.source, "is no name of a region, such as eu-central-1.")
            }
            self.endpoint = Setting(value: endpoint, source: .standard)
        }
        addressing = try reader.choice("s3-addressing", default: given == nil ? .virtualHost : .path)
        media = try reader.choice("s3-media", default: .links)
        spool =
            try reader.path("spool")
            ?? Setting(value: data.appending("spool"), source: .standard)
        let least = Int(2 * recordingBytes >> 20)
        spoolMiB = try reader.number("spool-mib", in: 1...1_048_576, default: max(8192, least))
        guard spoolMiB.value >= least else {
            throw SettingsError(
                "spool-mib", from: spoolMiB.source,
                "has to be \(least) at least: the largest recording (limit-recording-mib) and its playback copy lie there.")
        }
        let credentials: CredentialsSource
        do throws(CredentialsFailure) {
            credentials = try CredentialsSource(environment: environment, region: region.value)
        } catch {
            throw SettingsError(storage: location.description, error.description)
        }
        configuration = S3Storage.Configuration(
            location: location, endpoint: endpoint.value, region: region.value, addressing: addressing.value,
            credentials: credentials, spool: spool.value, spoolBytes: Int64(spoolMiB.value) << 20, givesLinks: media.value == .links)
    }

    /// The first of these variables that is not empty.
    private static func variable(_ names: [String], of environment: [String: String]) -> Setting<String>? {
        for name in names {
            if let value = environment[name], !value.isEmpty { return Setting(value: value, source: .environment(name)) }
        }
        return nil
    }
}
