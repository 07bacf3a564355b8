internal import Glibc

/// The part of an address by which attempts to sign in are counted.
///
/// An IPv4 address counts alone. An IPv6 address counts by its first 64 bits: whoever has one of them has the other 2^64 too. IPv4 addresses
/// inside IPv6 addresses count as the IPv4 address; for 6to4, where each has 65,536 networks of 64 bits, that is all of them.
struct ClientNetwork: Sendable, Hashable, CustomStringConvertible {
    let description: String

    /// - Parameter address: as the server or a trusted proxy gives it. A text that is no IP address counts as it is.
    init(address: String) {
        var bytes = [UInt8](repeating: 0, count: 16)
        guard inet_pton(AF_INET6, address, &bytes) == 1 else {
            description = address
            return
        }
        func embedded(at place: Int) -> String { bytes[place..<place + 4].map { "\($0)" }.joined(separator: ".") }
        // IPv4-mapped (RFC 4291), NAT64 (RFC 6052), 6to4 (RFC 3056).
        if bytes[..<10].allSatisfy({ $0 == 0 }), bytes[10] == 0xff, bytes[11] == 0xff {
            description = embedded(at: 12)
        } else if bytes[..<12] == [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0] {
            description = embedded(at: 12)
        } else if bytes[..<2] == [0x20, 0x02] {
            description = embedded(at: 2)
        } else {
            let groups = stride(from: 0, to: 8, by: 2).map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }
            description = "\(groups.joined(separator: ":"))::/64"
        }
    }
}
