import AsyncHTTPClient
import ForeignText
import NIOHTTP1

/// The credentials of a machine's role, from the metadata service of Amazon's EC2, version 2: the token that it requires
/// first protects against attackers who can only make this machine fetch a URL.
struct InstanceMetadata: Sendable {
    let endpoint: S3Endpoint

    /// `nil` when the environment disables the metadata service.
    init?(environment: [String: String]) throws(CredentialsFailure) {
        guard environment["AWS_EC2_METADATA_DISABLED"]?.inLowerCase != "true" else { return nil }
        let usual =
            environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"]?.inLowerCase == "ipv6"
            ? "http://[fd00:ec2::254]" : "http://169.254.169.254"
        guard let endpoint = S3Endpoint(environment["AWS_EC2_METADATA_SERVICE_ENDPOINT"] ?? usual) else {
            throw CredentialsFailure("needs a URL without a path in AWS_EC2_METADATA_SERVICE_ENDPOINT, such as \(usual).")
        }
        self.endpoint = endpoint
    }

    func fetch(by exchange: CredentialsExchange) async throws(CredentialsFailure) -> S3Credentials {
        let seconds = (name: "x-aws-ec2-metadata-token-ttl-seconds", value: "60")
        let token = (name: "x-aws-ec2-metadata-token", value: try await ask("/latest/api/token", .PUT, header: seconds, exchange))
        guard !token.value.isEmpty, token.value.isPlain, !token.value.holds(" ") else { throw Self.nonsense(endpoint) }
        let roles = "/latest/meta-data/iam/security-credentials/"
        let role = try await ask(roles, .GET, header: token, exchange).lines.first.map(String.init) ?? ""
        guard role.plainMatch(of: /[A-Za-z0-9_+=,.@\-]{1,128}/) != nil else { throw Self.nonsense(endpoint) }
        let answer = try await ask(roles + PercentEncoding.encode(role, slashes: true), .GET, header: token, exchange)
        guard let credentials = CredentialsDocument.credentials(in: answer) else {
            throw CredentialsFailure(
                "\(Self.service(endpoint)) has no credentials for the role \(role). See that the role still exists, and that EC2 may take it on.",
                isTransient: true)
        }
        return credentials
    }

    private func ask(
        _ path: String, _ method: HTTPMethod, header: (name: String, value: String), _ exchange: CredentialsExchange
    ) async throws(CredentialsFailure) -> String {
        var request = HTTPClientRequest(url: "\(endpoint)\(path)")
        request.method = method
        request.headers.add(name: header.name, value: header.value)
        let answer = try await exchange.send(
            request, to: Self.service(endpoint),
            advice: """
                Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or give this machine or pod a role; in a container let the service's hop limit be 2.
                """)
        guard answer.isGood else {
            let why =
                answer.status == 404
                ? "this machine has no role. Give it one, or set" : "it was not to be asked. Allow its version 2, or set"
            throw CredentialsFailure(
                "\(Self.service(endpoint)) answered \(answer.status): \(why) AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
                isTransient: answer.isTransient)
        }
        return answer.text
    }

    private static func service(_ endpoint: S3Endpoint) -> String { "The machine's metadata service \(endpoint)" }

    private static func nonsense(_ endpoint: S3Endpoint) -> CredentialsFailure {
        CredentialsFailure("\(service(endpoint)) answered as no such service does. Correct AWS_EC2_METADATA_SERVICE_ENDPOINT.")
    }
}
