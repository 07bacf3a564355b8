internal import HTTPTypes

/// What is trusted in a request because a known proxy passed it on.
struct ProxyTrust: Sendable {
    private let proxies: [NetworkRange]
    /// The header in which a proxy names the signed-in person; `nil` for none.
    let emailHeader: HTTPField.Name?

    /// This machine's own addresses. They are trusted when none is named, because the documented proxy is on the same machine; but never with
    /// an e-mail header.
    private static let thisMachine = ["127.0.0.0/8", "::1"]
    /// In place of addresses: nobody is trusted.
    static let nobody = "none"
    /// The bits that a range has to fix. A wider one holds so much of the internet that clients could invent their own addresses.
    static let leastLength = 8

    /// With an e-mail header, whoever is in a range signs in as anybody: such a range holds few addresses (an IPv4 /24, an IPv6 /120).
    static let leastLengthWithEmail = 120

    /// - Parameter proxies: addresses and ranges; `nil` when nothing is said; ``nobody`` alone for none.
    init(proxies: [String]?, emailHeader: String?) throws(ReviewSite.Configuration.Problem) {
        self.proxies = try proxies == [Self.nobody] ? [] : Self.networks(proxies ?? Self.thisMachine)
        guard let emailHeader else {
            self.emailHeader = nil
            return
        }
        guard proxies?.isEmpty == false, !self.proxies.isEmpty else {
            throw ReviewSite.Configuration.Problem(description: "an e-mail header is believed only from named proxies, and none is named")
        }
        if let place = self.proxies.firstIndex(where: { $0.length < Self.leastLengthWithEmail }) {
            throw ReviewSite.Configuration.Problem(
                description:
                    "with an e-mail header, entry \(place + 1) of trusted-proxies is too wide: whoever is in it could sign in as anybody. Name the proxy's own address alone"
            )
        }
        guard let name = HTTPField.Name(emailHeader) else {
            throw ReviewSite.Configuration.Problem(description: "the e-mail header is not a valid name of a header")
        }
        self.emailHeader = name
    }

    private static func networks(_ texts: [String]) throws(ReviewSite.Configuration.Problem) -> [NetworkRange] {
        var ranges: [NetworkRange] = []
        for (index, text) in texts.enumerated() {
            func problem(_ words: String) -> ReviewSite.Configuration.Problem {
                ReviewSite.Configuration.Problem(description: "entry \(index + 1) of trusted-proxies \(words)")
            }
            let range: NetworkRange
            do throws(NetworkRange.Problem) {
                range = try NetworkRange(text)
            } catch {
                throw problem(error.words)
            }
            guard range.ownLength >= leastLength else {
                throw problem(
                    "is too wide: whoever is in a range of less than /\(leastLength) could invent the address that counts against them. Name the proxies' own network"
                )
            }
            ranges.append(range)
        }
        return ranges
    }

    /// - Parameter peer: the address at the other end of the connection.
    func isProxy(_ peer: String?) -> Bool {
        peer.flatMap { NetworkAddress($0) }.map(isProxy) ?? false
    }

    private func isProxy(_ address: NetworkAddress) -> Bool {
        proxies.contains { $0.contains(address) }
    }

    /// The client's address: the other end of the connection; behind proxies, the last forwarded address that is not a proxy. Addresses
    /// further to the left may be invented by the client.
    func clientAddress(peer: String?, headers: HTTPFields) -> String {
        guard let peer, let address = NetworkAddress(peer) else { return peer ?? "unknown" }
        return ForwardedFor(headers).client(behind: address, isProxy: isProxy).description
    }

    /// Whether a request came through a proxy that is not named here: then all people behind that proxy share one address.
    func isFromUnnamedProxy(peer: String?, headers: HTTPFields) -> Bool {
        guard ForwardedFor.isThere(in: headers), let address = peer.flatMap({ NetworkAddress($0) }) else { return false }
        return address.isPrivate && !isProxy(address)
    }
}
