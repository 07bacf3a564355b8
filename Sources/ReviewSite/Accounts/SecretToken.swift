internal import Crypto
public import FoundationEssentials

/// A secret of 256 random bits that gives access to its holder. The database stores only its SHA-256, which does not reveal the secret. With
/// so many random bits a slow hash is not needed.
public struct SecretToken: Sendable, Hashable {
    /// The text in cookies and URLs: 43 letters, digits, `-` and `_` (base64url).
    public let text: String

    public init() {
        var generator = SystemRandomNumberGenerator()
        text = Self.base64URL((0..<4).flatMap { _ in withUnsafeBytes(of: generator.next(), Array.init) })
    }

    /// A received token; `nil` when it does not have the form of a token.
    public init?(_ text: some StringProtocol) {
        let isPlain = text.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        guard text.utf8.count == 43, isPlain else { return nil }
        self.text = String(text)
    }

    /// The SHA-256, which the database stores.
    public var hash: Data { Data(SHA256.hash(data: Data(text.utf8))) }

    /// Another secret for `purpose`, derived from this one. This one cannot be computed from it.
    func derived(for purpose: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Data(purpose.utf8), using: SymmetricKey(data: Data(text.utf8)))
        return Self.base64URL(Array(code))
    }

    private static func base64URL(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

extension SecretToken: CustomStringConvertible, CustomDebugStringConvertible {
    /// Never the secret, because descriptions get into logs.
    public var description: String { "a secret token" }
    public var debugDescription: String { description }
}
