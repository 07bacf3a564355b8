/// The encoding of paths and of values in queries, as Signature Version 4 wants it: everything but RFC 3986's unreserved characters, in upper-case hexadecimal.
package enum PercentEncoding {
    /// - Parameter slashes: Whether slashes are encoded too, as in the values of a query. In a path they separate components.
    package static func encode(_ text: String, slashes: Bool) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            case UInt8(ascii: "/") where !slashes:
                encoded += "/"
            default:
                encoded += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return encoded
    }
}
