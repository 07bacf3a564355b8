internal import HTTPTypes
internal import Hummingbird

/// Sets security headers on every response. They say what the site never does, so that browsers refuse it when an attacker tries.
struct SafetyHeaders: RouterMiddleware {
    /// Whether browsers reach the site by TLS.
    let isSecure: Bool

    private let contentPolicy: String

    /// No inline scripts and styles, nothing from other origins, no frames. `blob:` is for pictures that scripts draw.
    /// - Parameter mediaOrigin: another origin from which videos may come. Browsers follow redirections to it only if it is named.
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
        // Not `no-referrer`: with it browsers send `Origin: null` with this site's own forms, as they do with forms of other sites.
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
        // Responses are about candidates unless they say otherwise.
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "private, no-store" }
        return response
    }
}
