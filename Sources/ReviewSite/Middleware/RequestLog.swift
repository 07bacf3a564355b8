internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// One line a request: method, the route's pattern, status and time. Nothing that tells who asked or whom it was about.
struct RequestLog: RouterMiddleware {
    func handle(
        _ request: Request, context: SiteContext, next: @concurrent (Request, SiteContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        context.path = request.uri.path
        let start = ContinuousClock.now
        let response = try await next(request, context)
        let milliseconds = (ContinuousClock.now - start) / .milliseconds(1)
        context.logger.log(
            level: response.status.code >= 500 ? .warning : .debug, "request",
            metadata: [
                "method": "\(Self.name(request.method))", "route": "\(context.endpointPath ?? "none")", "status": "\(response.status.code)",
                "ms": "\((milliseconds * 10).rounded() / 10)",
            ])
        return response
    }

    /// A method is a word of the client's own choice.
    private static func name(_ method: HTTPRequest.Method) -> String {
        [.get, .head, .post, .put, .patch, .delete, .options].contains(method) ? method.rawValue : "other"
    }
}
