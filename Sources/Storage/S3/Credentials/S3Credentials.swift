/// The credentials for a store. Never printed: the description does not contain them.
struct S3Credentials: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let accessKeyID: String
    let secretAccessKey: String
    /// The session token of temporary credentials.
    let sessionToken: String?
    /// When they expire; `nil` when unknown.
    let expiration: SigningTime?

    init(accessKeyID: String, secretAccessKey: String, sessionToken: String? = nil, expiration: SigningTime? = nil) {
        self.accessKeyID = accessKeyID
        self.secretAccessKey = secretAccessKey
        self.sessionToken = sessionToken
        self.expiration = expiration
    }

    /// Whether they can stand in a header. Where they cannot, the HTTP client's own error would repeat them.
    var arePlain: Bool {
        [accessKeyID, secretAccessKey, sessionToken ?? ""].allSatisfy { $0.utf8.allSatisfy { (0x21...0x7E).contains($0) } }
    }

    func hold(at now: SigningTime) -> Bool { expiration.map { now < $0 } ?? true }

    var description: String { "S3Credentials(withheld)" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
}
