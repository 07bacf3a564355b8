internal import HTTPTypes
internal import Hummingbird
internal import NIOCore

/// Refuses changes that another site causes through a signed-in browser (cross-site request forgery).
///
/// There are two independent checks. The browser says where the request comes from (`Sec-Fetch-Site`, or `Origin` in older browsers). And the
/// site's forms and scripts send the session's token back. Programs send an API token and no cookie, so their requests cannot be forged.
struct ForgeryProtection: RouterMiddleware {
    let configuration: ReviewSite.Configuration

    private static let header = HTTPField.Name("X-CSRF-Token")
    private static let fetchSite = HTTPField.Name("Sec-Fetch-Site")

    func handle(
        _ request: Request, context: SiteContext, next: @concurrent (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        guard !request.method.isSafe else { return try await next(request, context) }
        if let session = context.session, session.proof != .cookie { return try await next(request, context) }
        guard comesFromHere(request) else {
            throw SiteError.forbidden("The request comes from another site.", advice: "Open this site itself and do it there.")
        }
        if let session = context.session, try await token(of: request) != session.csrfToken {
            throw SiteError.forbidden(
                "The form is not of your present session.", advice: "Go back, load the page again, and do it once more.")
        }
        return try await next(request, context)
    }

    /// All current browsers send one of these headers. A sender without them is no browser, and no other site can make it send requests.
    private func comesFromHere(_ request: Request) -> Bool {
        if let name = Self.fetchSite, let site = request.headers[name] { return site == "same-origin" || site == "none" }
        guard let origin = request.headers[.origin] else { return true }
        if let own = configuration.publicURL { return origin == own }
        return origin == "http://\(request.head.authority ?? "")"
    }

    private func token(of request: Request) async throws -> String? {
        if let name = Self.header, let token = request.headers[name] { return token }
        guard FormFields.isForm(request) else { return nil }
        return try await FormFields(of: request)["csrf_token"]
    }
}
