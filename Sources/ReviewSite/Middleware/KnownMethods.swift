internal import HTTPTypes
internal import Hummingbird

/// Refuses methods that no address here understands; those that only this address does not are ``SiteRoutes/refuseOtherMethods()``'s.
struct KnownMethods: RouterMiddleware {
    static let all: [HTTPRequest.Method] = [.get, .head, .post, .put, .patch, .delete, .options, .trace, .connect]

    func handle(
        _ request: Request, context: SiteContext, next: @concurrent (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        guard Self.all.contains(request.method) else {
            throw SiteError(status: .notImplemented, title: "That is not done here", explanation: "This server does not know that method.")
        }
        return try await next(request, context)
    }
}
