internal import HTTPTypes
internal import Hummingbird
internal import Logging

/// Logs one line for each request: method, the route's pattern, status and time. Nothing that identifies the sender or a candidate.
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

    /// The method, if it is a known one. The client chooses the word, so others are not logged.
    private static func name(_ method: HTTPRequest.Method) -> String {
        [.get, .head, .post, .put, .patch, .delete, .options].contains(method) ? method.rawValue : "other"
    }
}
