internal import HTTPTypes
internal import Hummingbird

/// Tells browsers, in every answer, what the site never does, so that they refuse it when somebody makes it look as if it did.
struct SafetyHeaders: RouterMiddleware {
    /// Whether people reach the site by TLS.
    let isSecure: Bool

    private let contentPolicy: String

    /// No code and no style in the page itself, nothing from elsewhere, no frames. `blob:` is for pictures that scripts draw.
    /// - Parameter mediaOrigin: from where videos may come beside the site; redirections to there are followed only then.
    init(isSecure: Bool, mediaOrigin: String?) {
        self.isSecure = isSecure
        contentPolicy = [
            "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' blob:",
            "media-src 'self' blob:" + (mediaOrigin.map { " \($0)" } ?? ""), "font-src 'self'", "connect-src 'self'", "manifest-src 'self'",
            "form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'",
        ].joined(separator: "; ")
    }

    private static let fixed: [(HTTPField.Name?, String)] = [
        (.xContentTypeOptions, "nosniff"),
        // Not `no-referrer`: with it browsers send `Origin: null` with their own forms, which could then not be told from others.
        (HTTPField.Name("Referrer-Policy"), "same-origin"),
        (HTTPField.Name("Permissions-Policy"), "camera=(), microphone=(), geolocation=(), payment=(), usb=()"),
        (HTTPField.Name("Cross-Origin-Opener-Policy"), "same-origin"),
        (HTTPField.Name("Cross-Origin-Resource-Policy"), "same-origin"),
        (HTTPField.Name("X-Frame-Options"), "DENY"),
    ]

    func handle(
        _ request: Request, context: SiteContext, next: @concurrent (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        var response = try await next(request, context)
        response.headers[.contentSecurityPolicy] = contentPolicy
        for case (let name?, let value) in Self.fixed { response.headers[name] = value }
        if isSecure { response.headers[.strictTransportSecurity] = "max-age=31536000" }
        // Whatever does not say otherwise is about candidates.
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "private, no-store" }
        return response
    }
}
