import FoundationEssentials

/// The JSON by which containers and machines get credentials.
struct CredentialsDocument: Decodable {
    private var accessKeyID: String
    private var secretAccessKey: String
    private var token: String
    private var expiration: String

    private enum CodingKeys: String, CodingKey {
        case accessKeyID = "AccessKeyId"
        case secretAccessKey = "SecretAccessKey"
        case token = "Token"
        case expiration = "Expiration"
    }

    /// `nil` for what is no such document, or not a whole one.
    static func credentials(in text: String) -> S3Credentials? {
        guard let document = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)),
            let expiration = SigningTime(xmlDate: document.expiration), !document.accessKeyID.isEmpty, !document.secretAccessKey.isEmpty
        else { return nil }
        return S3Credentials(
            accessKeyID: document.accessKeyID, secretAccessKey: document.secretAccessKey, sessionToken: document.token,
            expiration: expiration)
    }
}
