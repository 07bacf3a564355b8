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
        guard !email.utf8.isEmpty, (1...Self.mostPasswordBytes).contains(password.utf8.count) else {
            throw SiteError.badRequest("Signing in takes an e-mail address and a password.")
        }
        // A text that is no address goes the same way as an address that nobody has.
        let limit = SignInLimit(pool: services.pool)
        let attempt = try await limit.count(
            email: email, network: network(request, context), browser: services.browserCookie.token(in: request))
        let target = fields["return_to"].flatMap { ReturnPath($0) }?.path ?? "/"
        guard
            let reviewer = try await authenticate(email, password, attempt, lane: attempt.lane)
        else {
            // The message does not say which of the two is wrong.
            let page = SignInPage(returnTo: target, email: email, message: "That address and that password do not go together.")
            return try services.renderer.response(page, status: .unprocessableContent, in: context)
        }
        try await limit.forget(attempt)
        return try await begin(reviewer, request, leadingTo: target)
    }

    /// An attempt that there was no room for does not count.
    private func authenticate(
        _ email: String, _ password: String, _ attempt: SignInLimit.Attempt, lane: HashLane
    ) async throws -> Reviewer? {
        do {
            return try await services.accounts.authenticate(email: email, password: password, hasher: services.hasher, lane: lane)
        } catch let busy as PasswordHasher.Busy {
            try await SignInLimit(pool: services.pool).withdraw(attempt)
            throw busy
        }
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
        // Where people choose a password, for the first time or because they forgot it. Behind a single sign-on nobody needs one.
        let target = services.configuration.trust.emailHeader == nil ? "/password" : "/"
        return try await begin(reviewer, request, leadingTo: target, isByLink: true)
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
        let proof = try await passwordProof(of: try context.reviewer, request)
        return try services.renderer.response(PasswordPage(proof: proof), in: context)
    }

    @Sendable private func setPassword(_ request: Request, _ context: SiteContext) async throws -> Response {
        let fields = try await FormFields(of: request)
        let reviewer = try context.reviewer
        let proof = try await passwordProof(of: reviewer, request)
        func again(_ message: String) throws -> Response {
            try services.renderer.response(PasswordPage(proof: proof, message: message), status: .unprocessableContent, in: context)
        }
        if case .present = proof {
            // Wrong passwords here count like failed attempts to sign in.
            let limit = SignInLimit(pool: services.pool)
            let attempt = try await limit.count(
                email: reviewer.email, network: network(request, context), browser: services.browserCookie.token(in: request))
            let present = fields["current"] ?? ""
            guard present.utf8.count <= Self.mostPasswordBytes,
                try await authenticate(reviewer.email, present, attempt, lane: .person(reviewer.id)) != nil
            else { return try again("The present password is another one.") }
            try await limit.forget(attempt)
        }
        guard let password = fields["password"], password.utf8.count <= Self.mostPasswordBytes else {
            return try again("Type the new password.")
        }
        do {
            try await services.accounts.setPassword(password, of: reviewer, by: proof, hasher: services.hasher)
        } catch let error as AccountsError {
            return try again(error.description)
        }
        return try await begin(reviewer, request, leadingTo: "/")
    }

    private static let mostPasswordBytes = 4096

    /// What entitles this person to set a password.
    private func passwordProof(of reviewer: Reviewer, _ request: Request) async throws -> Accounts.PasswordProof {
        guard reviewer.hasPassword else { return .first }
        guard let token = services.sessionCookie.token(in: request), try await services.accounts.maySetPassword(inSession: token) else {
            return .present
        }
        return .link(session: token)
    }

    private func begin(
        _ reviewer: Reviewer, _ request: Request, leadingTo target: String, isByLink: Bool = false
    ) async throws -> Response {
        let (session, browser) = (services.sessionCookie, services.browserCookie)
        let lifetime = services.configuration.sessionLifetime
        let token = try await services.accounts.beginSession(
            of: reviewer, for: lifetime, inPlaceOf: session.token(in: request), isByLink: isByLink)
        let known = try await services.accounts.keepBrowser(browser.token(in: request), of: reviewer)
        var response = Response.redirect(to: target)
        response.headers.append(HTTPField(name: .setCookie, value: session.header(setting: token, for: lifetime)))
        response.headers.append(HTTPField(name: .setCookie, value: browser.header(setting: known, for: Accounts.browserLifetime)))
        return response
    }

    private func network(_ request: Request, _ context: SiteContext) -> ClientNetwork {
        ClientNetwork(
            address: services.configuration.trust.clientAddress(
                peer: context.channel.remoteAddress?.ipAddress, headers: request.headers))
    }
}

extension PasswordPage {
    fileprivate init(proof: Accounts.PasswordProof, message: String? = nil) {
        switch proof {
        case .first: self.init(asksPresent: false, isByLink: false, message: message)
        case .present: self.init(asksPresent: true, isByLink: false, message: message)
        case .link: self.init(asksPresent: false, isByLink: true, message: message)
        }
    }
}
