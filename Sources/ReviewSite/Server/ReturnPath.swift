/// The address after signing in: always a path of this site, with its query and its fragment.
struct ReturnPath: Sendable {
    private static let mostBytes = 1000
    private static let signIn = Array("/sign-".utf8)

    let path: String

    /// `nil` for anything that a browser could read as another site, and for the pages of signing in themselves.
    init?(_ text: String) {
        // By bytes, as browsers read it. A blank, a control character, a backslash or anything beyond ASCII is in no address that a browser sends.
        let bytes = Array(text.utf8)
        let isPlain = bytes.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "\\") }
        guard isPlain, bytes.count <= Self.mostBytes, bytes.first == UInt8(ascii: "/"), bytes.dropFirst().first != UInt8(ascii: "/"),
            !bytes.starts(with: Self.signIn)
        else { return nil }
        path = text
    }

    /// Encoded as a value in a query. All that has a meaning there is encoded, most of all `&`, `+`, `%` and `#`.
    var encoded: String {
        path.utf8.reduce(into: "") { text, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "/"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                text += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
    }
}
