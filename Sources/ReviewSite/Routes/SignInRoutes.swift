internal import FoundationEssentials
internal import HTTPTypes
internal import Hummingbird

/// Signing in with a password or a one-time link, choosing a password, signing out.
struct SignInRoutes: RouteGroup {
    let services: SiteServices

    func add(to routes: SiteRoutes) {
        routes.open.get("sign-in", use: form).post("sign-in", use: signIn)
        routes.open.get("sign-in/:token", use: linkForm).post("sign-in/:token", use: useLink)
        routes.signedIn.post("sign-out", use: signOut)
        routes.signedIn.get("password", use: passwordForm).post("password", use: setPassword)
    }

    @Sendable private func form(_ request: Request, _ context: SiteContext) async throws -> Response {
        let target = request.uri.queryParameters["return_to"].flatMap { ReturnPath(String($0)) }
        return try services.renderer.response(SignInPage(returnTo: target?.path ?? "/"), in: context)
    }

    @Sendable private func signIn(_ request: Request, _ context: SiteContext) async throws -> Response {
        let fields = try await FormFields(of: request)
        let (email, password) = (fields["email"] ?? "", fields["password"] ?? "")
        guard (1...254).contains(email.utf8.count), (1...4096).contains(password.utf8.count) else {
            throw SiteError.badRequest("Signing in takes an e-mail address and a password.")
        }
        let limit = SignInLimit(pool: services.pool)
        if let wait = try await limit.count(email: email, address: clientAddress(request, context)) {
            throw SiteError.tooManyAttempts(seconds: wait)
        }
        let target = fields["return_to"].flatMap { ReturnPath($0) }?.path ?? "/"
        guard let reviewer = try await services.accounts.authenticate(email: email, password: password, hasher: services.hasher) else {
            // The message does not say which of the two is wrong.
            let page = SignInPage(returnTo: target, email: email, message: "That address and that password do not go together.")
            return try services.renderer.response(page, status: .unprocessableContent, in: context)
        }
        try await limit.forget(email: email)
        return try await begin(reviewer, request, leadingTo: target)
    }

    /// A page with a button. Mail programs and chats open links for a preview, and that must not use the link up.
    @Sendable private func linkForm(_ request: Request, _ context: SiteContext) async throws -> Response {
        guard let token = context.parameters.get("token").flatMap({ SecretToken($0) }),
            try await services.accounts.isUsable(link: token)
        else { throw Self.usedLink }
        return try services.renderer.response(SignInLinkPage(action: "/sign-in/\(token.text)"), in: context)
    }

    @Sendable private func useLink(_ request: Request, _ context: SiteContext) async throws -> Response {
        guard let token = context.parameters.get("token").flatMap({ SecretToken($0) }),
            let reviewer = try await services.accounts.use(link: token)
        else { throw Self.usedLink }
        // Behind a single sign-on nobody needs a password.
        let needsPassword = !reviewer.hasPassword && services.configuration.trust.emailHeader == nil
        return try await begin(reviewer, request, leadingTo: needsPassword ? "/password" : "/")
    }

    private static let usedLink = SiteError(
        status: .notFound, title: "This link does not sign in any more",
        explanation: "A sign-in link works once, and for \(Accounts.linkMinutes) minutes.",
        advice: "An admin makes a new one: dailies reviewer link EMAIL")

    @Sendable private func signOut(_ request: Request, _ context: SiteContext) async throws -> Response {
        let cookie = services.sessionCookie
        if let token = cookie.token(in: request) { try await services.accounts.endSession(token) }
        var response = Response.redirect(to: "/sign-in")
        response.headers[.setCookie] = cookie.headerEnding()
        // The next user of this browser must not see cached media.
        if let name = HTTPField.Name("Clear-Site-Data") { response.headers[name] = "\"cache\"" }
        return response
    }

    @Sendable private func passwordForm(_ request: Request, _ context: SiteContext) async throws -> Response {
        try services.renderer.response(PasswordPage(hasPassword: try context.reviewer.hasPassword), in: context)
    }

    @Sendable private func setPassword(_ request: Request, _ context: SiteContext) async throws -> Response {
        let fields = try await FormFields(of: request)
        let reviewer = try context.reviewer
        func again(_ message: String) throws -> Response {
            let page = PasswordPage(hasPassword: reviewer.hasPassword, message: message)
            return try services.renderer.response(page, status: .unprocessableContent, in: context)
        }
        if reviewer.hasPassword {
            // Wrong passwords here count like failed attempts to sign in.
            let limit = SignInLimit(pool: services.pool)
            if let wait = try await limit.count(email: reviewer.email, address: clientAddress(request, context)) {
                throw SiteError.tooManyAttempts(seconds: wait)
            }
            let present = fields["current"] ?? ""
            guard try await services.accounts.authenticate(email: reviewer.email, password: present, hasher: services.hasher) != nil else {
                return try again("The present password is another one.")
            }
            try await limit.forget(email: reviewer.email)
        }
        guard let password = fields["password"], password.utf8.count <= 4096 else { return try again("Type the new password.") }
        do {
            try await services.accounts.setPassword(password, email: reviewer.email, hasher: services.hasher)
        } catch let error as AccountsError {
            return try again(error.description)
        }
        return try await begin(reviewer, request, leadingTo: "/")
    }

    private func begin(_ reviewer: Reviewer, _ request: Request, leadingTo target: String) async throws -> Response {
        let cookie = services.sessionCookie
        let lifetime = services.configuration.sessionLifetime
        let token = try await services.accounts.beginSession(of: reviewer, for: lifetime, inPlaceOf: cookie.token(in: request))
        var response = Response.redirect(to: target)
        response.headers[.setCookie] = cookie.header(setting: token, for: lifetime)
        return response
    }

    private func clientAddress(_ request: Request, _ context: SiteContext) -> String {
        services.configuration.trust.clientAddress(peer: context.channel.remoteAddress?.ipAddress, headers: request.headers)
    }
}
