internal import HTTPTypes
internal import NIOCore

extension ReviewSite {
    /// How the site is reached and whom it believes.
    public struct Configuration: Sendable {
        /// Something in it cannot be used; the description says what and why.
        public struct Problem: Error, Sendable, CustomStringConvertible {
            public let description: String
        }

        /// The address to listen on; only this machine by default, because TLS is the proxy's work.
        public var host: String
        /// 0 takes a free one.
        public var port: Int
        /// What people have in their address bar, such as `https://review.example.org`; `nil` where that is host and port.
        public var publicURL: String?
        /// Addresses of the proxies in front of the site, as their connections show them. Only they are believed about anything.
        public var proxies: [String]
        /// The header in which those proxies say who has signed in with the company, such as `X-Forwarded-Email`; `nil`: nobody does.
        /// The proxies have to remove it from what browsers send.
        public var emailHeader: String?
        /// How long a sign-in holds.
        public var sessionLifetime: Duration
        /// How often one token may ask. It is part of the API's description, so it is no setting.
        var requestPace = RequestPace.standard

        let trust: ProxyTrust

        /// - Throws: ``Problem`` for the first value that cannot be used.
        public init(
            host: String = "127.0.0.1", port: Int = 8080, publicURL: String? = nil, proxies: [String] = [], emailHeader: String? = nil,
            sessionLifetime: Duration = .seconds(12 * 3600)
        ) throws(Problem) {
            guard (0...65_535).contains(port) else { throw Problem(description: "the port \(port) is not one of 0 to 65535") }
            guard !host.isEmpty else { throw Problem(description: "the address to listen on is empty") }
            guard sessionLifetime >= .seconds(60), sessionLifetime <= .seconds(30 * 86_400) else {
                throw Problem(description: "a session lasts from a minute to 30 days")
            }
            if let publicURL, publicURL.wholeMatch(of: /https?:\/\/[A-Za-z0-9.\-\[\]:]+\/?/) == nil {
                throw Problem(
                    description:
                        "the public URL is the site's own, without a path, such as https://review.example.org; it is \"\(publicURL)\"")
            }
            if emailHeader != nil, proxies.isEmpty {
                throw Problem(description: "an e-mail header is believed only from named proxies, and none is named")
            }
            trust = try ProxyTrust(proxies: proxies, emailHeader: emailHeader)
            self.host = host
            self.port = port
            self.publicURL = publicURL.map { $0.hasSuffix("/") ? String($0.dropLast()) : $0 }
            self.proxies = proxies
            self.emailHeader = emailHeader
            self.sessionLifetime = sessionLifetime
        }

        /// What people open.
        /// - Parameter port: the one that it listens on in fact.
        public func address(port: Int) -> String {
            publicURL ?? "http://\(host.contains(":") ? "[\(host)]" : host):\(port)"
        }

        /// Whether browsers reach it by TLS, so that cookies may insist on that.
        var isSecure: Bool { publicURL?.hasPrefix("https:") ?? false }
    }
}
