internal import Crypto
public import FoundationEssentials

/// A secret that whoever holds it may use: 256 random bits. The database keeps only its SHA-256, which gives the secret away to nobody;
/// with so many random bits a slow hash would add nothing.
public struct SecretToken: Sendable, Equatable {
    /// For cookies and addresses: 43 letters, digits, `-` and `_` (base64url).
    public let text: String

    public init() {
        var generator = SystemRandomNumberGenerator()
        text = Self.base64URL((0..<4).flatMap { _ in withUnsafeBytes(of: generator.next(), Array.init) })
    }

    /// A token that somebody sent; `nil` when it has not the form of one.
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

    /// What the database knows it by.
    public var hash: Data { Data(SHA256.hash(data: Data(text.utf8))) }

    /// Another secret, for `purpose`, that follows from this one and does not lead back to it.
    func derived(for purpose: String) -> String {
        let code = HMAC<SHA256>.authenticationCode(for: Data(purpose.utf8), using: SymmetricKey(data: Data(text.utf8)))
        return Self.base64URL(Array(code))
    }

    private static func base64URL(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}

extension SecretToken: CustomStringConvertible, CustomDebugStringConvertible {
    /// Never the secret: it would end in a log.
    public var description: String { "a secret token" }
    public var debugDescription: String { description }
}
