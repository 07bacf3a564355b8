internal import ForeignText
internal import HTTPTypes
internal import NIOCore

extension ReviewSite {
    /// The site's addresses and limits, and the proxies that it trusts.
    public struct Configuration: Sendable {
        /// A value that cannot be used. The description says which and why.
        public struct Problem: Error, Sendable, CustomStringConvertible {
            public let description: String
        }

        /// The address to listen on. By default only this machine can connect, because a proxy does TLS.
        public var host: String
        /// 0 for any free port.
        public var port: Int
        /// The URL that people use, such as `https://review.example.org`; `nil` when it is host and port.
        public var publicURL: String?
        /// The proxies in front of the site: IP addresses and ranges of them (`10.1.0.0/16`). Only their headers are trusted. `nil` for the
        /// proxies of this machine, which are then believed about addresses, but not about who has signed in; `none` alone for no proxy.
        public var proxies: [String]?
        /// The header in which those proxies name the person whom the single sign-on has signed in, such as `X-Forwarded-Email`; `nil` without a
        /// single sign-on. The proxies must remove this header from browsers' requests.
        public var emailHeader: String?
        /// How long a session lasts.
        public var sessionLifetime: Duration
        /// How many requests one token may send. It is part of the API's description, so it is not a setting.
        var requestRate = RequestRate.standard
        /// What transfers of media may take up.
        var media = MediaLimits()

        let trust: ProxyTrust

        /// - Throws: ``Problem`` for the first value that cannot be used.
        public init(
            host: String = "127.0.0.1", port: Int = 8080, publicURL: String? = nil, proxies: [String]? = nil, emailHeader: String? = nil,
            sessionLifetime: Duration = .seconds(12 * 3600)
        ) throws(Problem) {
            guard (0...65_535).contains(port) else { throw Problem(description: "the port \(port) is not one of 0 to 65535") }
            guard !host.isEmpty else { throw Problem(description: "the address to listen on is empty") }
            guard sessionLifetime >= .seconds(60), sessionLifetime <= .seconds(30 * 86_400) else {
                throw Problem(description: "a session lasts from a minute to 30 days")
            }
            if let publicURL, publicURL.plainMatch(of: /https?:\/\/[A-Za-z0-9.\-\[\]:]+\/?/) == nil {
                throw Problem(
                    description:
                        "the public URL is not the site's own, without a path, such as https://review.example.org")
            }
            trust = try ProxyTrust(proxies: proxies, emailHeader: emailHeader)
            self.host = host
            self.port = port
            self.publicURL = publicURL.map { String($0.rest(before: "/") ?? $0[...]) }
            self.proxies = proxies
            self.emailHeader = emailHeader
            self.sessionLifetime = sessionLifetime
        }

        /// The URL that people open.
        /// - Parameter port: the port that the site really listens on.
        public func address(port: Int) -> String {
            publicURL ?? "http://\(host.holds(":") ? "[\(host)]" : host):\(port)"
        }

        /// Whether browsers reach the site by TLS, so that cookies can require it.
        var isSecure: Bool { publicURL?.begins(with: "https:") ?? false }
    }
}
