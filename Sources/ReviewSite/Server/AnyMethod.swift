internal import HTTPTypes
internal import Hummingbird

/// Lets the router answer a method that it has never heard of as it answers one that an address does not understand: with those that the
/// address does.
struct AnyMethod<Next: HTTPResponder>: HTTPResponder where Next.Context == SiteContext {
    let next: Next

    func respond(to request: Request, context: SiteContext) async throws -> Response {
        guard !SiteRoutes.methods.contains(request.method) else { return try await next.respond(to: request, context: context) }
        var head = request.head
        // Which no address here understands.
        head.method = .trace
        return try await next.respond(to: Request(head: head, body: request.body), context: context)
    }
}
