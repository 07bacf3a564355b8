internal import HTTPTypes
internal import Hummingbird
internal import Recordings
internal import Reviews

/// `/api/v1/answers`, `/api/v1/interviews`: one answer or interview, with ratings, comments and decisions.
struct AnswerResources: RouteGroup {
    let services: SiteServices

    func add(to routes: SiteRoutes) {
        routes.programs.get("api/v1/answers/:response", use: answer)
        routes.programs.get("api/v1/answers/:response/ratings", use: ratings)
        routes.programs.get("api/v1/answers/:response/rating", use: rating).put("api/v1/answers/:response/rating", use: rate)
        routes.programs.get("api/v1/answers/:response/comments", use: comments).post("api/v1/answers/:response/comments", use: comment)
        routes.programs.put("api/v1/answers/:response/take_request", use: requestTake)
        routes.programs.post("api/v1/answers/:response/reinspect", use: reinspect)
        routes.programs.delete("api/v1/comments/:comment", use: deleteComment)
        routes.programs.get("api/v1/interviews/:interview", use: interview)
        routes.programs.post("api/v1/interviews/:interview/decisions", use: decide)
    }

    @Sendable private func answer(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (viewer, response) = (try context.viewer, try context.id("response"))
        let answer = try await services.reviews.answer(response, viewer: viewer)
        try await services.reviews.recordView(of: response, viewer: viewer)
        return try .json(AnswerJSON(answer))
    }

    @Sendable private func reinspect(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await services.reviews.reinspect(context.id("response"), viewer: context.viewer)
        return .done
    }

    @Sendable private func ratings(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (viewer, response) = (try context.viewer, try context.id("response"))
        try await services.reviews.requireReach(of: response, viewer: viewer)
        return try .json(ListJSON(items: try await services.reviews.ratings(of: response, viewer: viewer).map(RatingJSON.init)))
    }

    @Sendable private func rating(_ request: Request, _ context: SiteContext) async throws -> Response {
        return try .json(try await ownRating(context))
    }

    @Sendable private func rate(_ request: Request, _ context: SiteContext) async throws -> Response {
        let body = try await JSONBody(of: request, fields: "score", "abstained", "watched")
        let judgement: Judgement
        switch (try body.integer(ifPresent: "score"), try body.choice(ifPresent: "abstained", of: AbstentionReason.self)) {
        case (let score?, nil): judgement = .score(score)
        case (nil, let reason?): judgement = .abstained(reason)
        default: throw SiteError.unprocessable("A rating is a `score` from 1 to 5, or `abstained` with its reason; not both, not neither.")
        }
        let watched = try body.pairs("watched").map { Span(fromMs: $0.0, toMs: $0.1) }
        try await services.reviews.rate(context.id("response"), judgement, watched: watched, viewer: context.viewer)
        return try .json(try await ownRating(context))
    }

    private func ownRating(_ context: SiteContext) async throws -> RatingJSON {
        let viewer = try context.viewer
        let ratings = try await services.reviews.ratings(of: context.id("response"), viewer: viewer)
        guard let own = ratings.first(where: { $0.reviewerID == viewer.reviewerID }) else { throw SiteError.notFound }
        return RatingJSON(own)
    }

    @Sendable private func comments(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (viewer, response) = (try context.viewer, try context.id("response"))
        try await services.reviews.requireReach(of: response, viewer: viewer)
        return try .json(ListJSON(items: try await services.reviews.comments(on: response, viewer: viewer).map(CommentJSON.init)))
    }

    @Sendable private func comment(_ request: Request, _ context: SiteContext) async throws -> Response {
        let body = try await JSONBody(of: request, fields: "from_ms", "to_ms", "body")
        let comment = try await services.reviews.comment(
            on: context.id("response"), fromMs: body.integer("from_ms"), toMs: body.integer(ifPresent: "to_ms"), body: body.text("body"),
            viewer: context.viewer)
        return try .json(CommentJSON(comment), status: .created)
    }

    @Sendable private func requestTake(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await services.reviews.requestNewTake(of: context.id("response"), viewer: context.viewer)
        return .done
    }

    @Sendable private func deleteComment(_ request: Request, _ context: SiteContext) async throws -> Response {
        try await services.reviews.deleteComment(context.id("comment"), viewer: context.viewer)
        return .done
    }

    @Sendable private func interview(_ request: Request, _ context: SiteContext) async throws -> Response {
        return try .json(InterviewJSON(try await services.reviews.interview(context.id("interview"), viewer: context.viewer)))
    }

    @Sendable private func decide(_ request: Request, _ context: SiteContext) async throws -> Response {
        let body = try await JSONBody(of: request, fields: "verdict", "reason")
        let decision = try await services.reviews.decide(
            body.choice("verdict", of: Decision.Verdict.self), about: context.id("interview"), reason: body.text("reason"),
            viewer: context.viewer)
        return try .json(DecisionJSON(decision), status: .created)
    }
}
