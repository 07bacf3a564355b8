internal import ForeignText
internal import HTTPTypes
internal import NIOCore

/// What is trusted in a request because a known proxy passed it on.
struct ProxyTrust: Sendable {
    private let proxies: Set<String>
    /// The header in which a proxy names the signed-in person; `nil` for none.
    let emailHeader: HTTPField.Name?

    private static let forwardedFor = HTTPField.Name("X-Forwarded-For")

    init(proxies: [String], emailHeader: String?) throws(ReviewSite.Configuration.Problem) {
        var known: Set<String> = []
        for proxy in proxies {
            guard let address = Self.plain(proxy) else {
                throw ReviewSite.Configuration.Problem(description: "a proxy is named by its IP address; \"\(proxy)\" is not an IP address")
            }
            known.insert(address)
        }
        self.proxies = known
        guard let emailHeader else {
            self.emailHeader = nil
            return
        }
        guard let name = HTTPField.Name(emailHeader) else {
            throw ReviewSite.Configuration.Problem(description: "\"\(emailHeader)\" is not a valid name of a header")
        }
        self.emailHeader = name
    }

    /// - Parameter peer: the address at the other end of the connection.
    func isProxy(_ peer: String?) -> Bool {
        peer.flatMap(Self.plain).map(proxies.contains) ?? false
    }

    /// The client's address: the other end of the connection; behind proxies, the last forwarded address that is not a proxy. Addresses
    /// further to the left may be invented by the client.
    func clientAddress(peer: String?, headers: HTTPFields) -> String {
        guard let peer, isProxy(peer), let name = Self.forwardedFor else { return peer ?? "unknown" }
        let hops = headers[values: name].flatMap { $0.parts(at: ",") }.map(\.withoutBlanks)
        return hops.last { !isProxy($0) }.flatMap(Self.plain) ?? peer
    }

    /// One spelling for each address. An IPv4 address inside an IPv6 address becomes the IPv4 address.
    private static func plain(_ text: String) -> String? {
        guard let address = try? SocketAddress(ipAddress: text, port: 0).ipAddress else { return nil }
        guard address.holds("."), let inner = address.rest(after: "::ffff:") else { return address }
        return String(inner)
    }
}
