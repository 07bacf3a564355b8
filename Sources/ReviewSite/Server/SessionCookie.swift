internal import ForeignText
internal import Hummingbird

/// The cookie with a session's secret. Scripts cannot read it, browsers do not send it with other sites' forms, and with TLS they send it only
/// by TLS.
struct SessionCookie: Sendable {
    private let isSecure: Bool

    init(isSecure: Bool) {
        self.isSecure = isSecure
    }

    /// With this prefix, browsers let no other host and no unencrypted page set the cookie.
    private var name: String { isSecure ? "__Host-dailies" : "dailies" }

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
    var sessionCookie: SessionCookie { SessionCookie(isSecure: configuration.isSecure) }
}
