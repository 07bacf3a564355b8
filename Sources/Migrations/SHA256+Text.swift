import Crypto

extension SHA256 {
    /// The SHA-256 of a text's UTF-8, in lower-case hexadecimal.
    static func hexadecimal(of text: String) -> String {
        hash(data: Array(text.utf8)).map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }.joined()
    }
}
