internal import HTTPTypes

/// The addresses in `X-Forwarded-For`: each proxy adds at the end the address that connected to it. What is left of a proxy's own addition may
/// be invented.
///
/// `Forwarded` (RFC 7239) is not read: proxies send it rarely, and beside this header a client could choose which of the two counts.
struct ForwardedFor: Sendable {
    private let hops: [ArraySlice<UInt8>]

    private static let header = HTTPField.Name("X-Forwarded-For")

    /// Whether a request has the header at all.
    static func isThere(in headers: HTTPFields) -> Bool { header.map { headers[$0] != nil } ?? false }

    init(_ headers: HTTPFields) {
        // By bytes: what stands before a comma can be one character with it. Several headers are one list (RFC 9110, 5.3).
        hops = Self.header.map { headers[values: $0] }?.flatMap { Array($0.utf8).split(separator: UInt8(ascii: ",")) } ?? []
    }

    /// The address from which a request began, as far as is known.
    /// - Parameter peer: the other end of the connection.
    /// - Returns: the last address that is no proxy's; when all are, the first of them. What is no address ends the list: nothing left of it is
    ///   believed.
    func client(behind peer: NetworkAddress, isProxy: (NetworkAddress) -> Bool) -> NetworkAddress {
        var client = peer
        for hop in hops.reversed() {
            guard isProxy(client) else { return client }
            let bare = Self.trimmed(hop)
            // An empty member of a list counts for nothing (RFC 9110, 5.6.1).
            if bare.isEmpty { continue }
            guard let address = Self.address(bare) else { return client }
            client = address
        }
        return client
    }

    private static func trimmed(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        func isBlank(_ byte: UInt8) -> Bool { byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") }
        let end = bytes.lastIndex { !isBlank($0) }.map { $0 + 1 } ?? bytes.startIndex
        return bytes[..<end].drop(while: isBlank)
    }

    /// `203.0.113.9`, `203.0.113.9:5678`, `2001:db8::1`, `[2001:db8::1]` or `[2001:db8::1]:443`.
    private static func address(_ hop: ArraySlice<UInt8>) -> NetworkAddress? {
        func read(_ bytes: ArraySlice<UInt8>) -> NetworkAddress? { NetworkAddress(String(decoding: bytes, as: UTF8.self)) }
        let colon = UInt8(ascii: ":")
        if hop.first == UInt8(ascii: "[") {
            guard let end = hop.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let rest = hop[(end + 1)...]
            guard rest.isEmpty || rest.first == colon && isPort(rest.dropFirst()) else { return nil }
            let inner = hop[hop.index(after: hop.startIndex)..<end]
            return inner.contains(colon) ? read(inner) : nil
        }
        guard let first = hop.firstIndex(of: colon), first == hop.lastIndex(of: colon) else { return read(hop) }
        return isPort(hop[(first + 1)...]) ? read(hop[..<first]) : nil
    }

    private static func isPort(_ bytes: ArraySlice<UInt8>) -> Bool {
        (1...5).contains(bytes.count) && bytes.allSatisfy { (48...57).contains($0) }
    }
}
