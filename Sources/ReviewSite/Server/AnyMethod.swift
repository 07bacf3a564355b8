internal import HTTPTypes
internal import Hummingbird

/// Makes the router respond to an unknown method like to a method that the address does not support: with the methods that it supports.
struct AnyMethod<Next: HTTPResponder>: HTTPResponder where Next.Context == SiteContext {
    let next: Next

    func respond(to request: Request, context: SiteContext) async throws -> Response {
        guard !SiteRoutes.methods.contains(request.method) else { return try await next.respond(to: request, context: context) }
        var head = request.head
        // A method that no address here supports.
        head.method = .trace
        return try await next.respond(to: Request(head: head, body: request.body), context: context)
    }
}
