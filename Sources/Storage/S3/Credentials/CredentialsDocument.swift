import FoundationEssentials

/// The JSON document with credentials for containers and machines.
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

    /// `nil` for any other or an incomplete document.
    static func credentials(in text: String) -> S3Credentials? {
        guard let document = try? JSONDecoder().decode(Self.self, from: Data(text.utf8)),
            let expiration = SigningTime(xmlDate: document.expiration), !document.accessKeyID.isEmpty, !document.secretAccessKey.isEmpty
        else { return nil }
        let credentials = S3Credentials(
            accessKeyID: document.accessKeyID, secretAccessKey: document.secretAccessKey, sessionToken: document.token,
            expiration: expiration)
        return credentials.arePlain ? credentials : nil
    }
}
