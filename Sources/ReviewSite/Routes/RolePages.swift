internal import Hummingbird
internal import Reviews

/// The pages that lead to answers: home, the wall of a role, a candidate's interview.
struct RolePages: RouteGroup {
    let services: SiteServices

    func add(to routes: SiteRoutes) {
        routes.signedIn.get("", use: home)
        routes.signedIn.get("roles/:role", use: wall)
        routes.signedIn.get("roles/:role/candidates/:interview", use: candidate)
        routes.signedIn.post("interviews/:interview/decision", use: decide)
    }

    @Sendable private func home(_ request: Request, _ context: SiteContext) async throws -> Response {
        let part = PageOfRows(request)
        let home = try await services.reviews.home(rows: part.range, viewer: context.viewer)
        return try services.renderer.response(HomePage(home, part: part), in: context)
    }

    @Sendable private func wall(_ request: Request, _ context: SiteContext) async throws -> Response {
        // An unknown filter shows everything, so that old links still work.
        let filter = request.uri.queryParameters["show"].flatMap { Wall.Filter(rawValue: String($0)) }
        let part = PageOfRows(request)
        let wall = try await services.reviews.wall(
            role: context.name("role"), filter: filter, rows: part.range, viewer: context.viewer)
        return try services.renderer.response(WallPage(wall, filter: filter, part: part), in: context)
    }

    @Sendable private func candidate(_ request: Request, _ context: SiteContext) async throws -> Response {
        let interview = try await services.reviews.interview(context.id("interview"), viewer: context.viewer)
        guard try context.name("role") == interview.role.slug else { throw SiteError.notFound }
        return try services.renderer.response(CandidatePage(interview), in: context)
    }

    @Sendable private func decide(_ request: Request, _ context: SiteContext) async throws -> Response {
        let fields = try await FormFields(of: request)
        guard let verdict = fields["verdict"].flatMap(Decision.Verdict.init(rawValue:)) else {
            throw SiteError.unprocessable("A decision is to advance, to hold or to decline.")
        }
        let interview = try context.id("interview")
        try await services.reviews.decide(verdict, about: interview, reason: fields["reason"] ?? "", viewer: context.viewer)
        return .redirect(to: fields.returnPath(otherwise: "/"))
    }
}
