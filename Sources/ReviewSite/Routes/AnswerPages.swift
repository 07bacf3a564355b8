internal import ForeignText
internal import FoundationEssentials
internal import Hummingbird
internal import Recordings
internal import Reviews

/// Question mode, with ratings and comments. Every form leads back to a page, so that everything works without scripts too.
struct AnswerPages: RouteGroup {
    let services: SiteServices

    func add(to routes: SiteRoutes) {
        routes.signedIn.get("roles/:role/questions/:question", use: question)
        routes.signedIn.get("roles/:role/questions/:question/:response", use: answer)
        routes.signedIn.post("responses/:response/rating", use: rate)
        routes.signedIn.post("responses/:response/comments", use: comment)
        routes.signedIn.post("responses/:response/take", use: requestTake)
        routes.signedIn.post("comments/:comment/delete", use: deleteComment)
    }

    /// Redirects to the first answer that waits, or says that none waits.
    @Sendable private func question(_ request: Request, _ context: SiteContext) async throws -> Response {
        let queue = try await services.reviews.questionQueue(
            role: context.name("role"), question: context.name("question"), viewer: context.viewer)
        if let waiting = queue.firstWaiting { return .redirect(to: queue.address(of: waiting)) }
        return try services.renderer.response(QuestionDonePage(queue), in: context)
    }

    @Sendable private func answer(_ request: Request, _ context: SiteContext) async throws -> Response {
        let (reviews, viewer, response) = (services.reviews, try context.viewer, try context.id("response"))
        let answer = try await reviews.answer(response, viewer: viewer)
        guard try context.name("role") == answer.role.slug, try context.name("question") == answer.question.key else {
            throw SiteError.notFound
        }
        // These queries run at the same time, because with many requests each query may wait for a connection.
        async let recorded: Void = reviews.recordView(of: response, viewer: viewer)
        async let queue = reviews.questionQueue(role: answer.role.slug, question: answer.question.key, viewer: viewer)
        async let comments = reviews.comments(on: response, viewer: viewer)
        // Before the reviewer may see others' ratings there is only their own, and the answer holds it.
        let ratings = answer.isOpen ? try await reviews.ratings(of: response, viewer: viewer) : []
        let others = ratings.filter { $0.reviewerID != viewer.reviewerID }
        let page = try AnswerPage(
            answer, queue: await queue, ratings: others, comments: await comments, isForAdmin: viewer.access == .admin)
        try await recorded
        return try services.renderer.response(page, in: context)
    }

    @Sendable private func rate(_ request: Request, _ context: SiteContext) async throws -> Response {
        let fields = try await FormFields(of: request)
        let judgement: Judgement
        if let reason = fields["abstained"].flatMap(AbstentionReason.init(rawValue:)) {
            judgement = .abstained(reason)
        } else if let score = fields["score"].flatMap({ Int($0) }) {
            judgement = .score(score)
        } else {
            throw SiteError.unprocessable("A rating is a score from 1 to 5, or an abstention with its reason.")
        }
        let watched = Data((fields["watched"] ?? "[]").utf8)
        guard let spans = try? JSONDecoder().decode([Span].self, from: watched) else {
            throw SiteError.unprocessable("What was watched is a list of stretches, [[from, to]], in milliseconds.")
        }
        try await services.reviews.rate(context.id("response"), judgement, watched: spans, viewer: context.viewer)
        return .redirect(to: fields.returnPath(otherwise: "/"))
    }

    @Sendable private func comment(_ request: Request, _ context: SiteContext) async throws -> Response {
        let fields = try await FormFields(of: request)
        func moment(_ name: String) throws -> Int? {
            guard let text = fields[name]?.trimmed, !text.isEmpty else { return nil }
            guard let moment = DurationText.milliseconds(String(text)) else {
                throw SiteError.unprocessable("A moment is written as minutes and seconds, such as 1:05 or 0:07.2.")
            }
            return moment
        }
        let (from, to) = (try moment("from") ?? 0, try moment("to"))
        // Browsers send line ends as CR LF, but count each as one character of the limit.
        let body = (fields["body"] ?? "").with("\n", for: "\r\n")
        _ = try await services.reviews.comment(on: context.id("response"), fromMs: from, toMs: to, body: body, viewer: context.viewer)
        return .redirect(to: fields.returnPath(otherwise: "/"))
    }

    @Sendable private func deleteComment(_ request: Request, _ context: SiteContext) async throws -> Response {
        let fields = try await FormFields(of: request)
        try await services.reviews.deleteComment(context.id("comment"), viewer: context.viewer)
        return .redirect(to: fields.returnPath(otherwise: "/"))
    }

    @Sendable private func requestTake(_ request: Request, _ context: SiteContext) async throws -> Response {
        let fields = try await FormFields(of: request)
        try await services.reviews.requestNewTake(of: context.id("response"), viewer: context.viewer)
        return .redirect(to: fields.returnPath(otherwise: "/"))
    }
}

extension QuestionQueue {
    /// The address of an answer of this question.
    func address(of item: Item) -> String { "/roles/\(role.slug)/questions/\(question.key)/\(item.responseID)" }
}
