internal import Storage

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
    var encoded: String { PercentEncoding.encode(path, slashes: false) }
}
