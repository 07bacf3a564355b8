internal import ForeignText
internal import HTTPTypes
internal import Hummingbird

/// Finds out who sends a request, and refuses requests of unknown senders.
///
/// Behind a single sign-on the proxy's header decides. Without it nobody is signed in, even with a valid cookie. The cookie's session then only
/// carries the token for forms.
struct Authentication: RouterMiddleware {
    /// How a sender may prove who they are.
    enum Means: Sendable {
        /// A browser's session, or a trusted proxy's header.
        case browser
        /// A program's token.
        case token
        /// Either of them. The route itself checks a browser's session, in the same query that reads the requested thing. See
        /// ``SiteContext/requester``.
        case either
    }

    let services: SiteServices
    let means: Means
    var requires: Reviewer.Access = .reviewer

    func handle(
        _ request: Request, context: SiteContext, next: @concurrent (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        var newCookie: String?
        if means != .browser, let token = try Self.bearer(request.headers) {
            context.session = try await services.accounts.session(ofToken: token)
            if context.session != nil, let wait = services.requestLimit.count(token) { throw SiteError.tooManyRequests(seconds: wait) }
        } else if means == .token {
            throw SiteError.tokenRequired
        } else if let email = try proxyIdentity(request, context) {
            (context.session, newCookie) = try await companySession(email, request)
        } else if let token = services.sessionCookie.token(in: request), !isBehindSignOn(context) {
            if means == .either, request.method.isSafe, requires == .reviewer {
                context.unprovenSession = token
                return try await next(request, context)
            }
            context.session = try await services.accounts.reviewer(ofSession: token).map { Session(reviewer: $0, cookie: token) }
        }
        guard let session = context.session else { throw means == .token ? SiteError.tokenRequired : .signInRequired }
        if requires == .admin, !session.reviewer.isAdmin {
            throw SiteError.forbidden("This is for admins.", advice: "Ask one of them.")
        }
        if !session.mayWrite, !request.method.isSafe {
            throw SiteError.forbidden(
                "This token may only read.", advice: "One that may write is made by: dailies token add EMAIL --name NAME --scope write")
        }
        var response = try await next(request, context)
        if let newCookie { response.headers.append(HTTPField(name: .setCookie, value: newCookie)) }
        return response
    }

    /// - Throws: ``SiteError/signInRequired`` for a header without a valid token. Then nothing else is tried.
    private static func bearer(_ headers: HTTPFields) throws(SiteError) -> SecretToken? {
        guard let header = headers[.authorization] else { return nil }
        let words = header.parts(at: " ")
        guard words.count == 2, words[0].inLowerCase == "bearer", let token = SecretToken(words[1]) else { throw .signInRequired }
        return token
    }

    private func isBehindSignOn(_ context: SiteContext) -> Bool {
        let trust = services.configuration.trust
        return trust.emailHeader != nil && trust.isProxy(context.channel.remoteAddress?.ipAddress)
    }

    /// The e-mail address that a trusted proxy sends.
    private func proxyIdentity(_ request: Request, _ context: SiteContext) throws(SiteError) -> String? {
        guard isBehindSignOn(context), let name = services.configuration.trust.emailHeader else { return nil }
        let values = request.headers[values: name]
        // With two headers, one of them would come from the browser.
        guard values.count <= 1 else { throw .badRequest("The sign-on's header is there twice.") }
        return values.first.flatMap { $0.isEmpty ? nil : $0 }
    }

    private func companySession(_ email: String, _ request: Request) async throws -> (Session, newCookie: String?) {
        guard let reviewer = try await services.accounts.find(email: email), !reviewer.isDisabled else {
            throw SiteError.forbidden(
                "You are signed in with your company, but there is no account for you here.",
                advice: "Ask an admin: dailies reviewer add EMAIL --name NAME")
        }
        let cookie = services.sessionCookie
        let old = cookie.token(in: request)
        if let old, try await services.accounts.reviewer(ofSession: old)?.id == reviewer.id {
            return (Session(reviewer: reviewer, cookie: old), nil)
        }
        let lifetime = services.configuration.sessionLifetime
        let token = try await services.accounts.beginSession(of: reviewer, for: lifetime, inPlaceOf: old)
        return (Session(reviewer: reviewer, cookie: token), cookie.header(setting: token, for: lifetime))
    }
}

extension Session {
    init(reviewer: Reviewer, cookie: SecretToken) {
        self.init(reviewer: reviewer, proof: .cookie, csrfToken: cookie.derived(for: "csrf"))
    }
}

extension HTTPRequest.Method {
    /// Whether the method only reads (RFC 9110, 9.2.1).
    var isSafe: Bool { [.get, .head, .options, .trace].contains(self) }
}
