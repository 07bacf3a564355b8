internal import Hummingbird
internal import Reviews

/// `/api/v1/roles`: roles, what they ask, and their interviews and answers.
struct RoleResources: RouteGroup {
    let services: SiteServices

    func add(to routes: SiteRoutes) {
        routes.programs.get("api/v1/me", use: me)
        routes.programs.get("api/v1/roles", use: roles)
        routes.programs.get("api/v1/roles/:role", use: role)
        routes.programs.get("api/v1/roles/:role/questions", use: questions)
        routes.programs.get("api/v1/roles/:role/questions/:question/queue", use: queue)
        routes.programs.get("api/v1/roles/:role/interviews", use: interviews)
        routes.programs.get("api/v1/roles/:role/answers", use: answers)
        routes.programs.get("api/v1/roles/:role/results", use: results)
        routes.tables.get("api/v1/roles/:role/results.csv", use: table)
    }

    private struct MeJSON: Encodable {
        var id: Int64
        var email: String
        var name: String
        var access: String
        var scope: String
    }

    @Sendable private func me(_ request: Request, _ context: SiteContext) async throws -> Response {
        let reviewer = try context.reviewer
        let scope: APIToken.Scope = context.session?.mayWrite == true ? .write : .read
        return try .json(
            MeJSON(
                id: reviewer.id, email: reviewer.email, name: reviewer.name, access: reviewer.access.rawValue, scope: scope.rawValue))
    }

    @Sendable private func roles(_ request: Request, _ context: SiteContext) async throws -> Response {
        let query = try QueryFields(of: request, fields: "cursor", "limit")
        let part = try await services.reviews.home(after: query.cursor, rows: 0..<query.limit, viewer: context.viewer)
        return try .json(PartJSON(items: part.roles.map(RoleOverviewJSON.init), nextCursor: part.next.map(String.init)))
    }

    @Sendable private func role(_ request: Request, _ context: SiteContext) async throws -> Response {
        return try .json(RoleJSON(try await services.reviews.role(context.name("role"), viewer: context.viewer)))
    }

    @Sendable private func questions(_ request: Request, _ context: SiteContext) async throws -> Response {
        let wordings = try await services.reviews.wordings(of: context.name("role"), viewer: context.viewer)
        return try .json(ListJSON(items: QuestionJSON.questions(wordings)))
    }

    @Sendable private func queue(_ request: Request, _ context: SiteContext) async throws -> Response {
        let queue = try await services.reviews.questionQueue(
            role: context.name("role"), question: context.name("question"), viewer: context.viewer)
        return try .json(QuestionQueueJSON(queue))
    }

    @Sendable private func interviews(_ request: Request, _ context: SiteContext) async throws -> Response {
        let query = try QueryFields(of: request, fields: "cursor", "limit")
        let part = try await services.reviews.interviews(
            role: context.name("role"), after: query.cursor, limit: query.limit, viewer: context.viewer)
        return try .json(PartJSON(items: part.items.map(InterviewItemJSON.init), nextCursor: part.next.map(String.init)))
    }

    @Sendable private func answers(_ request: Request, _ context: SiteContext) async throws -> Response {
        let query = try QueryFields(of: request, fields: "show", "question", "cursor", "limit")
        let part = try await services.reviews.answers(
            role: context.name("role"), filter: query.choice("show", of: Wall.Filter.self), question: query["question"],
            after: query.cursor, limit: query.limit, viewer: context.viewer)
        return try .json(PartJSON(items: part.items.map(AnswerItemJSON.init), nextCursor: part.next.map(String.init)))
    }

    @Sendable private func results(_ request: Request, _ context: SiteContext) async throws -> Response {
        return try .json(try await ResultsJSON(exportingRole: context.name("role"), from: services.reviews, viewer: context.viewer))
    }

    @Sendable private func table(_ request: Request, _ context: SiteContext) async throws -> Response {
        return .csv(try await services.reviews.export(role: context.name("role"), viewer: context.viewer).csv)
    }
}
