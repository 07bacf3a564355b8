/// The part of an address by which attempts to sign in are counted.
///
/// An IPv4 address counts alone. An IPv6 address counts by its first 64 bits: whoever has one of them has the other 2^64 too. IPv4 addresses
/// inside IPv6 addresses count as the IPv4 address; for 6to4, where each has 65,536 networks of 64 bits, that is all of them.
struct ClientNetwork: Sendable, Hashable, CustomStringConvertible {
    let description: String

    /// - Parameter address: as the server or a trusted proxy gives it. A text that is no IP address counts as it is.
    init(address: String) {
        guard let found = NetworkAddress(address) else {
            description = address
            return
        }
        let bits = found.bits
        // NAT64 (RFC 6052), 6to4 (RFC 3056).
        if bits >> 32 == 0x64_FF9B_0000_0000_0000_0000 {
            description = Self.ipv4(bits).description
        } else if bits >> 112 == 0x2002 {
            description = Self.ipv4(bits >> 80).description
        } else if found.isIPv4 {
            description = found.description
        } else {
            description = "\(NetworkAddress(bits: bits & ~UInt128(UInt64.max)))/64"
        }
    }

    /// The address in the last 32 bits.
    private static func ipv4(_ bits: UInt128) -> NetworkAddress { NetworkAddress(bits: NetworkAddress.mapped | bits & 0xFFFF_FFFF) }
}
