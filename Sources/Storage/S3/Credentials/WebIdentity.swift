import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import SystemPackage

/// The credentials of a role, for a token of an issuer that the store's owner trusts, such as a Kubernetes cluster: STS's
/// `AssumeRoleWithWebIdentity`. The request is not signed, because the token is the proof.
struct WebIdentity: Sendable {
    /// The role's ARN.
    let role: String
    let token: TokenFile
    let endpoint: S3Endpoint
    /// The session's name in Amazon's logs.
    let session: String

    /// `nil` when the environment names no such token.
    init?(environment: [String: String], region: String) throws(CredentialsFailure) {
        guard let file = environment["AWS_WEB_IDENTITY_TOKEN_FILE"] else { return nil }
        guard let role = environment["AWS_ROLE_ARN"] else {
            throw CredentialsFailure("needs AWS_ROLE_ARN beside AWS_WEB_IDENTITY_TOKEN_FILE: the role to take on.")
        }
        let named = ["AWS_ENDPOINT_URL_STS", "AWS_ENDPOINT_URL"].first { environment[$0] != nil }
        guard let endpoint = S3Endpoint(named.flatMap { environment[$0] } ?? "https://sts.\(region).amazonaws.com") else {
            throw CredentialsFailure("needs a URL without a path in \(named ?? "AWS_ENDPOINT_URL_STS"), such as https://sts.example.org.")
        }
        self.role = role
        token = TokenFile(path: FilePath(file), variable: "AWS_WEB_IDENTITY_TOKEN_FILE")
        self.endpoint = endpoint
        session = environment["AWS_ROLE_SESSION_NAME"] ?? "dailies"
    }

    func fetch(by exchange: CredentialsExchange) async throws(CredentialsFailure) -> S3Credentials {
        var request = HTTPClientRequest(url: "\(endpoint)/")
        request.method = .POST
        request.headers.add(name: "content-type", value: "application/x-www-form-urlencoded")
        let form = [
            (name: "Action", value: "AssumeRoleWithWebIdentity"), ("Version", "2011-06-15"), ("RoleArn", role),
            ("RoleSessionName", session),
            ("WebIdentityToken", try await token.read()),
        ]
        request.body = .bytes(ByteBuffer(string: RequestSignature.encoded(form)))
        let answer = try await exchange.send(
            request, to: "The token service \(endpoint)", advice: "Let this machine reach it, or correct AWS_ENDPOINT_URL_STS.")
        let document = S3Document(answer.text)
        guard answer.isGood else {
            let code = document["Code"].map { " \($0)" } ?? ""
            throw CredentialsFailure(
                """
                The token service \(endpoint) answered \(answer.status)\(code) to \(role). See that AWS_ROLE_ARN is right, that the role trusts \
                who made the token, and that the token in \(token.path) is renewed.
                """, isTransient: answer.isTransient)
        }
        guard let credentials = document.elements("Credentials").first, let id = credentials["AccessKeyId"],
            let secret = credentials["SecretAccessKey"], let session = credentials["SessionToken"],
            let expiration = credentials["Expiration"].flatMap(SigningTime.init(xmlDate:))
        else {
            throw CredentialsFailure("The token service \(endpoint) answered with no credentials. Correct AWS_ENDPOINT_URL_STS.")
        }
        let keys = S3Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: session, expiration: expiration)
        guard keys.arePlain else {
            throw CredentialsFailure("The token service \(endpoint) answered with no credentials. Correct AWS_ENDPOINT_URL_STS.")
        }
        return keys
    }
}
