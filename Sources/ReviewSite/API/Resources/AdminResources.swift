internal import HTTPTypes
internal import Hummingbird
internal import Interviews
import NullableJSON
internal import Reviews

/// `/api/v1` for admins: a role's settings, reviewers and wording, and the state of the queue. `Reviews` refuses everybody else.
struct AdminResources: RouteGroup {
    let services: SiteServices

    func add(to routes: SiteRoutes) {
        routes.programs.get("api/v1/roles/:role/settings", use: settings).put("api/v1/roles/:role/settings", use: change)
        routes.programs.post("api/v1/roles/:role/questions/:question/versions", use: reword)
        routes.programs.get("api/v1/roles/:role/reviewers", use: reviewers)
        routes.programs.put("api/v1/roles/:role/reviewers/:reviewer", use: addReviewer)
        routes.programs.delete("api/v1/roles/:role/reviewers/:reviewer", use: removeReviewer)
        routes.programs.get("api/v1/operations", use: operations)
        routes.programs.post("api/v1/jobs/:job/retry", use: retry)
    }

    @Sendable private func settings(_ request: Request, _ context: SiteContext) async throws -> Response {
        return try .json(RoleSettingsJSON(try await services.reviews.settings(of: context.name("role"), viewer: context.viewer)))
    }

    @Sendable private func change(_ request: Request, _ context: SiteContext) async throws -> Response {
        let body = try await JSONBody(of: request, fields: "is_blind", "others_ratings", "admins_follow_rule")
        let settings = RoleSettings(
            isBlind: try body.flag("is_blind"), othersRatings: try body.choice("others_ratings", of: RoleSettings.OthersRatings.self),
            adminsFollowRule: try body.flag("admins_follow_rule"))
        try await services.reviews.change(settings, of: context.name("role"), viewer: context.viewer)
        return try .json(RoleSettingsJSON(settings))
    }

    private struct VersionJSON: Encodable {
        /// `null` when the wording was the same already.
        @OrNull var version: Int?
    }

    @Sendable private func reword(_ request: Request, _ context: SiteContext) async throws -> Response {
        let body = try await JSONBody(of: request, fields: "prompt", "key_points", "anchors")
        let anchors = try body.object("anchors", fields: "1", "3", "5")
        let question = RoleDefinition.Question(
            key: try context.name("question"), prompt: try body.text("prompt"), keyPoints: try body.texts("key_points"),
            anchors: .init(one: try anchors.text("1"), three: try anchors.text("3"), five: try anchors.text("5")))
        let version = try await services.reviews.reword(question, of: context.name("role"), viewer: context.viewer)
        return try .json(VersionJSON(version: version), status: version == nil ? .ok : .created)
    }

    @Sendable private func reviewers(_ request: Request, _ context: SiteContext) async throws -> Response {
        let members = try await services.reviews.members(of: context.name("role"), viewer: context.viewer)
        return try .json(ListJSON(items: members.map(RoleMemberJSON.init)))
    }

    @Sendable private func addReviewer(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await setMembership(request, context, to: true)
    }

    @Sendable private func removeReviewer(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await setMembership(request, context, to: false)
    }

    private func setMembership(_ request: Request, _ context: SiteContext, to isMember: Bool) async throws -> Response {
        try await services.reviews.setMembership(
            of: context.id("reviewer"), in: context.name("role"), to: isMember, viewer: context.viewer)
        return .done
    }

    @Sendable private func operations(_ request: Request, _ context: SiteContext) async throws -> Response {
        return try .json(OperationsJSON(try await services.reviews.operations(viewer: context.viewer)))
    }

    @Sendable private func retry(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await services.reviews.retry(job: context.id("job"), viewer: context.viewer)
        return .done
    }
}
