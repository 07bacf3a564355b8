internal import ForeignText
internal import Foundation

/// The address after signing in: always a path of this site.
struct ReturnPath: Sendable {
    let path: String

    /// `nil` for anything that a browser could read as another site.
    init?(_ text: String) {
        let isPlain = text.utf8.allSatisfy { $0 > 32 && $0 < 127 && $0 != UInt8(ascii: "\\") }
        guard text.begins(with: "/"), !text.begins(with: "//"), text.utf8.count <= 1000, isPlain, !text.begins(with: "/sign-") else {
            return nil
        }
        path = text
    }

    /// Encoded as a value in a query.
    var encoded: String {
        path.addingPercentEncoding(withAllowedCharacters: .urlPathAllowed) ?? "/"
    }
}
