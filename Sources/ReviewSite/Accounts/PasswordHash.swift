internal import Crypto
internal import CryptoExtras
internal import FoundationEssentials

/// A password hash, as the database stores it: scrypt with its parameters and salt, `$scrypt$ln=15,r=8,p=3$SALT$KEY`.
///
/// The parameters are one of the equally strong settings that OWASP's Password Storage Cheat Sheet gives for scrypt: N = 2^15, r = 8,
/// p = 3, which takes 32 MiB and a fifth of a second. Each stored hash names its parameters, so that they can be raised later.
struct PasswordHash: Sendable {
    private static let standard = Parameters(logRounds: 15, blockSize: 8, parallelism: 3)

    private struct Parameters: Sendable {
        var logRounds: Int
        var blockSize: Int
        var parallelism: Int
    }

    private let parameters: Parameters
    private let salt: Data
    private let key: Data

    /// Hashes a new password. Blocks the thread meanwhile.
    init(password: String) throws {
        parameters = Self.standard
        salt = Self.randomBytes(16)
        key = try Self.derive(password, salt, parameters)
    }

    /// Compared with when there is no account or no password. It takes as long as any other hash and matches no password.
    init(matchingNothing: Void) {
        parameters = Self.standard
        salt = Self.randomBytes(16)
        key = Self.randomBytes(32)
    }

    private static func randomBytes(_ count: Int) -> Data {
        var generator = SystemRandomNumberGenerator()
        return Data((0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
    }

    /// Reads a stored hash; `nil` when it has another form.
    init?(stored: String) {
        guard let match = stored.wholeMatch(of: /\$scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([A-Za-z0-9+\/=]+)\$([A-Za-z0-9+\/=]+)/),
            let logRounds = Int(match.1), let blockSize = Int(match.2), let parallelism = Int(match.3),
            (1...20).contains(logRounds), (1...32).contains(blockSize), (1...16).contains(parallelism),
            let salt = Data(base64Encoded: String(match.4)), let key = Data(base64Encoded: String(match.5))
        else { return nil }
        parameters = Parameters(logRounds: logRounds, blockSize: blockSize, parallelism: parallelism)
        self.salt = salt
        self.key = key
    }

    /// The text that the database stores.
    var stored: String {
        "$scrypt$ln=\(parameters.logRounds),r=\(parameters.blockSize),p=\(parameters.parallelism)"
            + "$\(salt.base64EncodedString())$\(key.base64EncodedString())"
    }

    /// Whether this is the password. Blocks the thread, equally long for every password.
    func matches(_ password: String) throws -> Bool {
        let derived = try Self.derive(password, salt, parameters)
        // Compared in constant time.
        guard derived.count == key.count else { return false }
        return zip(derived, key).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    private static func derive(_ password: String, _ salt: Data, _ parameters: Parameters) throws -> Data {
        let key = try KDF.Scrypt.deriveKey(
            from: Data(password.utf8), salt: salt, outputByteCount: 32, rounds: 1 << parameters.logRounds, blockSize: parameters.blockSize,
            parallelism: parameters.parallelism)
        return key.withUnsafeBytes { Data($0) }
    }
}
