internal import Glibc
internal import NIOCore

/// An IP address as a number, so that each address has one value however it is spelled. An IPv4 address and the IPv6 address that stands for
/// it (`::ffff:203.0.113.9`) are the same one.
struct NetworkAddress: Sendable, Hashable {
    /// All 128 bits of the IPv6 address. An IPv4 address lies below ``mapped``.
    let bits: UInt128

    /// `::ffff:0.0.0.0`: where the IPv4 addresses begin (RFC 4291, 2.5.5.2).
    static let mapped: UInt128 = 0xFFFF_0000_0000
    /// How many of the first bits are the same for all IPv4 addresses.
    static let mappedLength = 96

    init(bits: UInt128) {
        self.bits = bits
    }

    /// `nil` for anything but an address alone: no port, no brackets, no zone, no name.
    init?(_ text: some StringProtocol) {
        // Decided before the system's function sees it, which would stop at a NUL.
        guard (2...45).contains(text.utf8.count), text.utf8.allSatisfy(Self.isOfAddress) else { return nil }
        var bytes = [UInt8](repeating: 0, count: 16)
        if inet_pton(AF_INET6, String(text), &bytes) == 1 {
            bits = bytes.reduce(0) { $0 << 8 | UInt128($1) }
        } else if inet_pton(AF_INET, String(text), &bytes) == 1 {
            bits = bytes.prefix(4).reduce(0xFFFF) { $0 << 8 | UInt128($1) }
        } else {
            return nil
        }
    }

    private static func isOfAddress(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "f"), UInt8(ascii: "A")...UInt8(ascii: "F"),
            UInt8(ascii: "."), UInt8(ascii: ":"):
            true
        default: false
        }
    }

    var isIPv4: Bool { bits >> 32 == Self.mapped >> 32 }

    /// Whether it is of a network that the internet does not reach (RFC 1918, 4193, 6598, 3927, 1122), where proxies usually are.
    var isPrivate: Bool { Self.privateRanges.contains { $0.contains(self) } }

    private static let privateRanges = [
        "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8", "fc00::/7", "fe80::/10", "::1",
    ].compactMap { try? NetworkRange($0) }
}

extension NetworkAddress: CustomStringConvertible {
    /// The usual spelling (RFC 5952), and that of IPv4 for an IPv4 address.
    var description: String {
        let bytes = (isIPv4 ? 12..<16 : 0..<16).map { UInt8(truncatingIfNeeded: bits >> (8 * (15 - UInt128($0)))) }
        return (try? SocketAddress(packedIPAddress: ByteBuffer(bytes: bytes), port: 0).ipAddress) ?? "unknown"
    }
}
