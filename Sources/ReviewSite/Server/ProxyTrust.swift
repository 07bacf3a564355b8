internal import HTTPTypes
internal import NIOCore

/// What is believed of a request because of who passed it on.
struct ProxyTrust: Sendable {
    private let proxies: Set<String>
    /// In which a proxy says who has signed in; `nil`: in none.
    let emailHeader: HTTPField.Name?

    private static let forwardedFor = HTTPField.Name("X-Forwarded-For")

    init(proxies: [String], emailHeader: String?) throws(ReviewSite.Configuration.Problem) {
        var known: Set<String> = []
        for proxy in proxies {
            guard let address = Self.plain(proxy) else {
                throw ReviewSite.Configuration.Problem(description: "a proxy is named by its IP address; \"\(proxy)\" is none")
            }
            known.insert(address)
        }
        self.proxies = known
        guard let emailHeader else {
            self.emailHeader = nil
            return
        }
        guard let name = HTTPField.Name(emailHeader) else {
            throw ReviewSite.Configuration.Problem(description: "\"\(emailHeader)\" is no name of a header")
        }
        self.emailHeader = name
    }

    /// - Parameter peer: whose connection it is.
    func isProxy(_ peer: String?) -> Bool {
        peer.flatMap(Self.plain).map(proxies.contains) ?? false
    }

    /// Whose request it is: the connection's other end, or, behind proxies, the last address that none of them is. What stands further to
    /// the left was written by the client itself.
    func clientAddress(peer: String?, headers: HTTPFields) -> String {
        guard let peer, isProxy(peer), let name = Self.forwardedFor else { return peer ?? "unknown" }
        let hops = headers[values: name].flatMap { $0.split(separator: ",") }.map { $0.filter { !$0.isWhitespace } }
        return hops.last { !isProxy($0) }.flatMap(Self.plain) ?? peer
    }

    /// One spelling for each address; an IPv4 address within an IPv6 one is the IPv4 address.
    private static func plain(_ text: String) -> String? {
        guard let address = try? SocketAddress(ipAddress: text, port: 0).ipAddress else { return nil }
        return address.hasPrefix("::ffff:") && address.contains(".") ? String(address.dropFirst(7)) : address
    }
}
