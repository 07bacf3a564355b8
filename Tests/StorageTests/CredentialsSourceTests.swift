import Testing

@testable import Storage

/// From where credentials come is decided by the environment alone.
struct CredentialsSourceTests {
    private static let everything = [
        "AWS_ACCESS_KEY_ID": "AKID", "AWS_SECRET_ACCESS_KEY": "geheim", "AWS_SESSION_TOKEN": "token",
        "AWS_WEB_IDENTITY_TOKEN_FILE": "/run/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/worker",
        "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "/v2/credentials/7",
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": "http://169.254.170.23/v1/credentials",
        "AWS_CONTAINER_AUTHORIZATION_TOKEN": "token",
    ]

    private func source(_ environment: [String: String]) throws -> CredentialsSource {
        try CredentialsSource(environment: environment, region: "eu-central-1")
    }

    @Test func `Keys win, then a web identity, then a container's role, then the machine's`() throws {
        var environment = Self.everything
        #expect(try source(environment).variable == "AWS_ACCESS_KEY_ID")
        #expect(try source(environment).isRole == false)
        for name in ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"] { environment[name] = "" }
        #expect(try source(environment).description == "web identity as arn:aws:iam::1:role/worker")
        environment["AWS_WEB_IDENTITY_TOKEN_FILE"] = nil
        #expect(try source(environment).description == "role of the container, by http://169.254.170.2")
        environment["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"] = nil
        #expect(try source(environment).description == "role of the container, by http://169.254.170.23")
        environment["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = nil
        #expect(try source(environment).description == "role of the machine, by http://169.254.169.254")
        #expect(try source(environment).variable == nil)
        environment["AWS_EC2_METADATA_SERVICE_ENDPOINT_MODE"] = "IPv6"
        #expect(try source(environment).description == "role of the machine, by http://[fd00:ec2::254]")
    }

    @Test func `The token service is the region's, unless another is named`() throws {
        var environment = Self.everything.filter { $0.key.contains("WEB_IDENTITY") || $0.key.contains("ROLE") }
        func endpoint() throws -> String? {
            guard case .webIdentity(let identity) = try source(environment).kind else { return nil }
            return identity.endpoint.description
        }
        #expect(try endpoint() == "https://sts.eu-central-1.amazonaws.com")
        environment["AWS_ENDPOINT_URL"] = "https://store.example.org"
        #expect(try endpoint() == "https://store.example.org")
        environment["AWS_ENDPOINT_URL_STS"] = "https://sts.example.org"
        #expect(try endpoint() == "https://sts.example.org")
    }

    @Test(arguments: [
        (["AWS_ACCESS_KEY_ID": "AKID"], "AWS_SECRET_ACCESS_KEY"), (["AWS_SECRET_ACCESS_KEY": "geheim"], "AWS_ACCESS_KEY_ID"),
        (["AWS_WEB_IDENTITY_TOKEN_FILE": "/run/token"], "AWS_ROLE_ARN"), (["AWS_EC2_METADATA_DISABLED": "TRUE"], "AWS_ACCESS_KEY_ID"),
        (["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI": "evil.example.org/"], "slash"),
        (["AWS_CONTAINER_CREDENTIALS_FULL_URI": "169.254.170.2/role"], "needs a URL"),
        (["AWS_EC2_METADATA_SERVICE_ENDPOINT": "169.254.169.254"], "needs a URL"),
        (
            [
                "AWS_WEB_IDENTITY_TOKEN_FILE": "/run/token", "AWS_ROLE_ARN": "arn:aws:iam::1:role/worker",
                "AWS_ENDPOINT_URL_STS": "sts.example.org",
            ], "AWS_ENDPOINT_URL_STS"
        ),
        (
            [
                "AWS_CONTAINER_CREDENTIALS_FULL_URI": "https://example.org/role",
                "AWS_CONTAINER_AUTHORIZATION_TOKEN": "geheim\r\nHost: other",
            ], "of one line"
        ),
    ])
    func `An incomplete environment is refused with what is missing, and without secrets`(environment: [String: String], words: String)
        throws
    {
        let failure = #expect(throws: CredentialsFailure.self) { try source(environment) }
        #expect(failure?.description.contains(words) == true, "\(failure?.description ?? "")")
        #expect(failure?.description.contains("geheim") == false)
    }

    @Test(arguments: [
        ("https://example.org/role?x=1", true), ("http://localhost:8080/role", true), ("http://127.1.2.3/role", true),
        ("http://[::1]:8080/role", true), ("http://169.254.170.23/v1/credentials", true), ("http://[fd00:ec2::23]/v1/credentials", true),
        ("http://example.org/role", false), ("http://10.0.0.1/role", false), ("http://127.0.0.1.example.org/role", false),
        ("http://localhost.example.org/role", false), ("http://127.0.0.1@example.org/role", false), ("http://169.254.1.1/role", false),
        ("ftp://127.0.0.1/role", false), ("http://[fd00:ec2::24]/role", false),
    ])
    func `A container's token is sent without TLS only to the container's own addresses`(url: String, isAsked: Bool) throws {
        let found = try? source(["AWS_CONTAINER_CREDENTIALS_FULL_URI": url])
        #expect((found != nil) == isAsked)
    }
}
