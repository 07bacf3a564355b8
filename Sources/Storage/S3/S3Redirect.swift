import ForeignText

/// The address in the `Location` of an answer.
///
/// A request carries a session token and candidates' bytes, so it is sent on only to where the same store answers: the configured host itself, or
/// another host of Amazon S3 when the configured one is Amazon's. Only the host is taken over; path and query stay those of the request, and it is
/// signed anew.
struct S3Redirect: Sendable {
    let endpoint: S3Endpoint
    /// Encoded, with its slash; without the query.
    let path: String

    /// `nil` for anything but an absolute address of http or https without a user.
    init?(_ location: String) {
        guard let (scheme, rest) = location.cut(at: "://") else { return nil }
        let authority = rest.utf8.prefix { $0 != UInt8(ascii: "/") && $0 != UInt8(ascii: "?") }
        guard let endpoint = S3Endpoint("\(scheme)://\(Substring(authority))") else { return nil }
        self.endpoint = endpoint
        let path = rest.utf8[authority.endIndex...].prefix { $0 != UInt8(ascii: "?") && $0 != UInt8(ascii: "#") }
        self.path = path.isEmpty ? "/" : String(Substring(path))
    }

    /// The host to send the same request to; `nil` when it is not sent there.
    /// - Parameters:
    ///   - path: The request's, encoded.
    ///   - bucket: The bucket, if the host's name begins with it.
    func host(for path: String, of configured: S3Endpoint, bucket: String?) -> String? {
        guard endpoint.scheme == configured.scheme, self.path.utf8.elementsEqual(path.utf8) else { return nil }
        let beginning = bucket.map { "\($0)." } ?? ""
        guard let authority = endpoint.authority.rest(after: beginning).map({ String($0) }) else { return nil }
        let isSame = authority == configured.authority
        let isAmazons = Self.isAmazons(configured.authority) && Self.isAmazons(authority)
        return isSame || isAmazons ? endpoint.authority : nil
    }

    /// Such as `s3.amazonaws.com`, `s3.eu-west-1.amazonaws.com`, `s3-us-west-2.amazonaws.com`, `s3.dualstack.eu-west-1.amazonaws.com`.
    private static func isAmazons(_ authority: String) -> Bool {
        authority.plainMatch(of: /s3(?:[.-][a-z0-9-]+){0,2}\.amazonaws\.com(?:\.cn)?/) != nil
    }
}
