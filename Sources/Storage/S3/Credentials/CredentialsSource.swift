/// The source of a store's credentials. It is chosen as in Amazon's own SDKs: keys in the environment, then the role of a web identity
/// (a pod's service account), of a container, and of the machine. Profiles in files are not read.
public struct CredentialsSource: Sendable, CustomStringConvertible {
    enum Kind: Sendable {
        case keys(S3Credentials)
        case webIdentity(WebIdentity)
        case container(ContainerCredentials)
        case instance(InstanceMetadata)
    }

    let kind: Kind
    /// The environment variable that decided; `nil` when none did and the machine's role is used.
    public let variable: String?

    init(_ kind: Kind, variable: String? = nil) {
        self.kind = kind
        self.variable = variable
    }

    /// Reads the environment only; sends no request.
    /// - Parameter region: The region of the token service, if the environment names none.
    /// - Throws: What is missing in the environment, or which address is not safe to use; with the remedy.
    public init(environment: [String: String], region: String) throws(CredentialsFailure) {
        let environment = environment.filter { !$0.value.isEmpty }
        if let keys = try Self.keys(environment) {
            self.init(.keys(keys), variable: "AWS_ACCESS_KEY_ID")
        } else if let identity = try WebIdentity(environment: environment, region: region) {
            self.init(.webIdentity(identity), variable: "AWS_WEB_IDENTITY_TOKEN_FILE")
        } else if let (container, variable) = try ContainerCredentials.named(in: environment) {
            self.init(.container(container), variable: variable)
        } else if let instance = try InstanceMetadata(environment: environment) {
            self.init(.instance(instance))
        } else {
            throw CredentialsFailure(
                "needs AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment, or a role; AWS_EC2_METADATA_DISABLED forbids to ask for the machine's."
            )
        }
    }

    private static func keys(_ environment: [String: String]) throws(CredentialsFailure) -> S3Credentials? {
        switch (environment["AWS_ACCESS_KEY_ID"], environment["AWS_SECRET_ACCESS_KEY"]) {
        case (let id?, let secret?):
            let keys = S3Credentials(accessKeyID: id, secretAccessKey: secret, sessionToken: environment["AWS_SESSION_TOKEN"])
            guard keys.arePlain else {
                throw CredentialsFailure(
                    "needs keys of letters, digits and signs alone: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY or AWS_SESSION_TOKEN has a space, a line's end or another character, perhaps at its end."
                )
            }
            return keys
        case (nil, nil): return nil
        default: throw CredentialsFailure("needs both AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY in the environment, or neither.")
        }
    }

    /// Whether they come from a role, and so are renewed from time to time.
    public var isRole: Bool { if case .keys = kind { false } else { true } }

    /// Holds no secret.
    public var description: String {
        switch kind {
        case .keys: "keys of the environment"
        case .webIdentity(let identity): "web identity as \(identity.role)"
        case .container(let container): "role of the container, by \(container.origin)"
        case .instance(let instance): "role of the machine, by \(instance.endpoint)"
        }
    }

    /// What to do when a store refuses the credentials.
    var advice: String {
        switch kind {
        case .keys: "Correct AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and, with temporary ones, AWS_SESSION_TOKEN."
        case .webIdentity, .container, .instance:
            "They came just so (\(description)): see that the role exists, and that the store takes its credentials."
        }
    }

    /// Fetches credentials, with one try.
    func fetch(by exchange: CredentialsExchange) async throws(CredentialsFailure) -> S3Credentials {
        switch kind {
        case .keys(let keys): keys
        case .webIdentity(let identity): try await identity.fetch(by: exchange)
        case .container(let container): try await container.fetch(by: exchange)
        case .instance(let instance): try await instance.fetch(by: exchange)
        }
    }
}
