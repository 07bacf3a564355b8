import AsyncHTTPClient
import ForeignText
import NIOHTTP1
import SystemPackage

/// The credentials of a container's role. The platform (Amazon's ECS, EKS Pod Identity, Greengrass) puts the address for them into the
/// environment.
struct ContainerCredentials: Sendable {
    /// Scheme, host and port of the address.
    let origin: S3Endpoint
    /// The path with the query.
    let path: String
    let authorization: Authorization

    enum Authorization: Sendable {
        case none
        case token(String)
        case file(TokenFile)
    }

    /// Reads the environment. Also returns the variable that names the credentials.
    static func named(in environment: [String: String]) throws(CredentialsFailure) -> (ContainerCredentials, variable: String)? {
        if let path = environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] {
            guard path.begins(with: "/") else {
                throw CredentialsFailure("needs a path in AWS_CONTAINER_CREDENTIALS_RELATIVE_URI; it begins with a slash.")
            }
            return (
                try ContainerCredentials(url: "http://169.254.170.2\(path)", environment), "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"
            )
        }
        guard let url = environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] else { return nil }
        return (try ContainerCredentials(url: url, environment), "AWS_CONTAINER_CREDENTIALS_FULL_URI")
    }

    private init(url: String, _ environment: [String: String]) throws(CredentialsFailure) {
        guard let match = url.plainMatch(of: /([a-z]+:\/\/[^\/?#]+)(\/[!-~]*)?/), let origin = S3Endpoint(String(match.1)) else {
            throw CredentialsFailure("needs a URL in AWS_CONTAINER_CREDENTIALS_FULL_URI, such as http://169.254.170.23/v1/credentials.")
        }
        guard origin.scheme == "https" || Self.isOfThisMachine(origin.host) else {
            throw CredentialsFailure(
                """
                would send a token in the open: AWS_CONTAINER_CREDENTIALS_FULL_URI needs https, or an address of this machine or of its \
                container's surroundings (127.0.0.0/8, [::1], 169.254.170.2, 169.254.170.23, [fd00:ec2::23]).
                """)
        }
        self.origin = origin
        path = match.2.map(String.init) ?? "/"
        if let file = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"] {
            authorization = .file(TokenFile(path: FilePath(file), variable: "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"))
        } else if let token = environment["AWS_CONTAINER_AUTHORIZATION_TOKEN"] {
            guard token.isPlain else {
                throw CredentialsFailure("needs a token of one line in AWS_CONTAINER_AUTHORIZATION_TOKEN.")
            }
            authorization = .token(token)
        } else {
            authorization = .none
        }
    }

    /// The addresses that Amazon's SDKs use without TLS. A host name is not allowed, because an attacker could redirect it.
    private static func isOfThisMachine(_ host: String) -> Bool {
        ["localhost", "[::1]", "169.254.170.2", "169.254.170.23", "[fd00:ec2::23]"].contains(host)
            || host.plainMatch(of: /127\.[0-9]{1,3}\.[0-9]{1,3}\.[0-9]{1,3}/) != nil
    }

    func fetch(by exchange: CredentialsExchange) async throws(CredentialsFailure) -> S3Credentials {
        var request = HTTPClientRequest(url: "\(origin)\(path)")
        request.headers.add(name: "accept", value: "application/json")
        switch authorization {
        case .none: break
        case .token(let token): request.headers.add(name: "authorization", value: token)
        case .file(let file): request.headers.add(name: "authorization", value: try await file.read())
        }
        let answer = try await exchange.send(
            request, to: "The container's credentials at \(origin)",
            advice: "See that the container has a role, and that AWS_CONTAINER_CREDENTIALS_FULL_URI is what its surroundings have set.")
        guard answer.isGood else {
            throw CredentialsFailure(
                """
                The container's credentials at \(origin) were refused with \(answer.status). See that the container has a role, and that \
                AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE, or …_TOKEN, holds the token of today.
                """, isTransient: answer.isTransient)
        }
        guard let credentials = CredentialsDocument.credentials(in: answer.text) else {
            throw CredentialsFailure("\(origin) answered with no credentials. Correct AWS_CONTAINER_CREDENTIALS_FULL_URI.")
        }
        return credentials
    }
}
