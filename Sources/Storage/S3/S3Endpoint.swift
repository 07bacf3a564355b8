import ForeignText

/// The address of a store or of a credentials service: scheme, host and port, such as `https://s3.example.org` or `http://127.0.0.1:9000`.
public struct S3Endpoint: Sendable, Hashable, CustomStringConvertible {
    let scheme: String
    /// Host and port; without the port if it is the scheme's default.
    let authority: String
    /// The host; an IPv6 address is in brackets.
    let host: String

    /// `nil` for any other URL, or one with a path.
    public init?(_ text: String) {
        guard let match = text.inLowerCase.plainMatch(of: /(https?):\/\/([a-z0-9.\-]+|\[[0-9a-f:]+\])(?::([0-9]{1,5}))?\/?/) else {
            return nil
        }
        scheme = String(match.1)
        host = String(match.2)
        guard let port = match.3 else {
            authority = String(match.2)
            return
        }
        guard let number = UInt16(port), number > 0 else { return nil }
        let isUsual = number == (scheme == "https" ? 443 : 80)
        authority = isUsual ? String(match.2) : "\(match.2):\(number)"
    }

    /// Amazon's endpoint in a region.
    public static func amazon(region: String) -> S3Endpoint? { S3Endpoint("https://s3.\(region).amazonaws.com") }

    public var description: String { "\(scheme)://\(authority)" }
}
