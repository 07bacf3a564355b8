/// The URLs of objects.
struct S3Address: Sendable {
    private let endpoint: S3Endpoint
    private let location: S3Location
    private let addressing: S3Storage.Configuration.Addressing

    init(_ configuration: S3Storage.Configuration) {
        endpoint = configuration.endpoint
        location = configuration.location
        addressing = configuration.addressing
    }

    /// The value of the `Host` header: with the port, unless it is the scheme's default.
    var host: String {
        switch addressing {
        case .path: endpoint.authority
        case .virtualHost: "\(location.bucket).\(endpoint.authority)"
        }
    }

    /// Scheme and host, as browsers compare them.
    var origin: String { "\(endpoint.scheme)://\(host)" }

    /// The object's key in the bucket.
    func key(_ key: String) -> String { location.prefix.isEmpty ? key : "\(location.prefix)/\(key)" }

    /// Encoded.
    /// - Parameter key: The key below the prefix; `nil` for the bucket itself.
    func path(_ key: String?) -> String {
        let bucket =
            switch addressing {
            case .path: "/\(location.bucket)"
            case .virtualHost: ""
            }
        guard let key else { return bucket.isEmpty ? "/" : bucket }
        return "\(bucket)/\(PercentEncoding.encode(self.key(key), slashes: false))"
    }
}
