internal import ForeignText
internal import Hummingbird
internal import Interviews
internal import Reviews

/// Pages for admins: a role's settings, and the site's health.
struct AdminPages: RouteGroup {
    let services: SiteServices

    func add(to routes: SiteRoutes) {
        routes.admin.get("roles/:role/settings", use: settings).post("roles/:role/settings", use: change)
        routes.admin.post("roles/:role/questions/:question", use: reword)
        routes.admin.get("health", use: health)
        routes.admin.post("health/jobs/:job/retry", use: retry)
        routes.admin.post("responses/:response/reinspect", use: reinspect)
    }

    @Sendable private func settings(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (reviews, viewer, role) = (services.reviews, try context.viewer, try context.name("role"))
        async let details = reviews.role(role, viewer: viewer)
        async let settings = reviews.settings(of: role, viewer: viewer)
        async let members = reviews.members(of: role, viewer: viewer)
        async let wordings = reviews.wordings(of: role, viewer: viewer)
        let page = SettingsPage(
            try await details, settings: try await settings, members: try await members, wordings: try await wordings)
        return try services.renderer.response(page, in: context)
    }

    @Sendable private func change(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (reviews, viewer, role) = (services.reviews, try context.viewer, try context.name("role"))
        let fields = try await FormFields(of: request)
        guard let othersRatings = fields["others_ratings"].flatMap(RoleSettings.OthersRatings.init(rawValue:)) else {
            throw SiteError.unprocessable("Others’ ratings are shown after the own one, always or never.")
        }
        let settings = RoleSettings(
            isBlind: fields["blind"] != nil, othersRatings: othersRatings, adminsFollowRule: fields["admins_follow_rule"] != nil)
        try await reviews.change(settings, of: role, viewer: viewer)
        for member in try await reviews.members(of: role, viewer: viewer) where !member.isAdmin {
            let isWanted = fields["reviewer_\(member.reviewerID)"] != nil
            guard isWanted != member.isMember else { continue }
            try await reviews.setMembership(of: member.reviewerID, in: role, to: isWanted, viewer: viewer)
        }
        return .redirect(to: "/roles/\(role)/settings")
    }

    @Sendable private func reword(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (role, fields) = (try context.name("role"), try await FormFields(of: request))
        func text(_ name: String) -> String { (fields[name] ?? "").with("\n", for: "\r\n") }
        let points = text("key_points").lines.map(\.trimmed).filter { !$0.isEmpty }
        let question = RoleDefinition.Question(
            key: try context.name("question"), prompt: text("prompt"), keyPoints: points.map(String.init),
            anchors: .init(one: text("anchor_1"), three: text("anchor_3"), five: text("anchor_5")))
        try await services.reviews.reword(question, of: role, viewer: context.viewer)
        return .redirect(to: "/roles/\(role)/settings")
    }

    @Sendable private func health(_ request: Request, _ context: SiteContext) async throws -> Response {
        let operations = try await services.reviews.operations(viewer: context.viewer)
        return try services.renderer.response(HealthPage(operations, hasUnnamedProxy: services.unnamedProxy.isThere), in: context)
    }

    @Sendable private func retry(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await services.reviews.retry(job: context.id("job"), viewer: context.viewer)
        return .redirect(to: "/health")
    }

    @Sendable private func reinspect(_ request: Request, _ context: SiteContext) async throws -> Response {
        let fields = try await FormFields(of: request)
        try await services.reviews.reinspect(context.id("response"), viewer: context.viewer)
        return .redirect(to: fields.returnPath(otherwise: "/health"))
    }
}
