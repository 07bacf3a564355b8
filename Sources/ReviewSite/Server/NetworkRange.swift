/// Neighbouring IP addresses: those that begin with the same bits, written as `10.1.0.0/16` or `2001:db8::/32`; an address alone is a range of
/// one.
struct NetworkRange: Sendable, Hashable {
    let first: NetworkAddress
    /// How many of the first bits all addresses have in common, of an IPv6 address's 128.
    let length: Int

    /// Why a text is no range: the end of a sentence that does not repeat the text.
    struct Problem: Error, Hashable, Sendable {
        let words: String
    }

    /// - Throws: ``Problem`` for another text, and for a range whose address has bits behind its length: it would say something else than it
    ///   means.
    init(_ text: some StringProtocol) throws(Problem) {
        let bytes = Array(text.utf8)
        let slash = bytes.firstIndex(of: UInt8(ascii: "/")) ?? bytes.endIndex
        guard let address = NetworkAddress(String(decoding: bytes[..<slash], as: UTF8.self)) else {
            throw Problem(words: "is no IP address and no range of them, such as 10.1.2.3, 10.1.0.0/16 or 2001:db8::/32")
        }
        first = address
        guard slash < bytes.endIndex else {
            length = 128
            return
        }
        // An IPv4 address that is spelled as one counts 32 bits.
        let isSpelledIPv4 = !bytes[..<slash].contains(UInt8(ascii: ":"))
        let most = isSpelledIPv4 ? 32 : 128
        let digits = bytes[(slash + 1)...]
        guard (1...3).contains(digits.count), digits.allSatisfy({ (48...57).contains($0) }),
            let number = Int(String(decoding: digits, as: UTF8.self)), number <= most
        else { throw Problem(words: "has to end in a number from 0 to \(most) behind its slash") }
        length = isSpelledIPv4 ? number + NetworkAddress.mappedLength : number
        guard address.bits & ~Self.mask(length) == 0 else {
            throw Problem(words: "is an address within a range: the range of \(number) bits is written with zeros behind these")
        }
    }

    func contains(_ address: NetworkAddress) -> Bool { address.bits & Self.mask(length) == first.bits }

    /// How many bits of an address of its own kind are fixed: of 32 for IPv4, else of 128. 0 for a range of IPv6 that holds all of IPv4.
    var ownLength: Int {
        contains(NetworkAddress(bits: NetworkAddress.mapped)) || first.isIPv4 ? max(0, length - NetworkAddress.mappedLength) : length
    }

    private static func mask(_ length: Int) -> UInt128 { length == 0 ? 0 : ~UInt128(0) << UInt128(128 - length) }
}
