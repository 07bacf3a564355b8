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
    var origin: String { origin(of: host) }

    func origin(of host: String) -> String { "\(endpoint.scheme)://\(host)" }

    /// The host that a request for this key is sent on to; `nil` when the address that the store names is not the store's own.
    func host(named location: String, for key: String?) -> String? {
        S3Redirect(location)?.host(for: path(key), of: endpoint, bucket: addressing == .virtualHost ? self.location.bucket : nil)
    }

    /// The object's key in the bucket.
    func key(_ key: String) -> String { location.prefix.isEmpty ? key : "\(location.prefix)/\(key)" }

    /// The storage key of an object in the bucket; `nil` for an object outside of the prefix, and for one that no ``StorageKey`` names.
    func own(_ key: String) -> StorageKey? {
        let beginning = self.key("")
        guard key.utf8.starts(with: beginning.utf8) else { return nil }
        return try? StorageKey(String(Substring(key.utf8.dropFirst(beginning.utf8.count))))
    }

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
