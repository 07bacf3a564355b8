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

    func hold(at now: SigningTime) -> Bool { expiration.map { now < $0 } ?? true }

    var description: String { "S3Credentials(withheld)" }
    var debugDescription: String { description }
    var customMirror: Mirror { Mirror(self, children: []) }
}
