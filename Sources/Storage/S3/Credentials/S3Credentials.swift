/// Who asks a store. Never printed: its description names nothing of it.
struct S3Credentials: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    let accessKeyID: String
    let secretAccessKey: String
    /// Comes with temporary credentials.
    let sessionToken: String?
    /// From when on a store refuses them; `nil` where nobody said.
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
