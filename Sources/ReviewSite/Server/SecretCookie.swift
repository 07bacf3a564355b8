internal import ForeignText
internal import Hummingbird

/// A cookie with a secret. Scripts cannot read it, browsers do not send it with other sites' forms, and with TLS they send it only by TLS.
struct SecretCookie: Sendable {
    private let name: String
    private let isSecure: Bool

    init(_ name: String, isSecure: Bool) {
        // With this prefix, browsers let no other host and no unencrypted page set the cookie.
        self.name = isSecure ? "__Host-\(name)" : name
        self.isSecure = isSecure
    }

    func token(in request: Request) -> SecretToken? {
        request.headers[values: .cookie].lazy.flatMap { $0.parts(at: ";") }.compactMap { $0.trimmed.rest(after: "\(name)=") }.first
            .flatMap { SecretToken($0) }
    }

    func header(setting token: SecretToken, for lifetime: Duration) -> String {
        header("\(name)=\(token.text); Max-Age=\(lifetime.components.seconds)")
    }

    func headerEnding() -> String {
        header("\(name)=; Max-Age=0")
    }

    private func header(_ content: String) -> String {
        "\(content); Path=/; HttpOnly; SameSite=Lax\(isSecure ? "; Secure" : "")"
    }
}

extension SiteServices {
    /// Holds the session.
    var sessionCookie: SecretCookie { SecretCookie("dailies", isSecure: configuration.isSecure) }
    /// Shows that somebody signed in with this browser before. It signs nobody in; see ``SignInLimit``.
    var browserCookie: SecretCookie { SecretCookie("dailies-browser", isSecure: configuration.isSecure) }
}
