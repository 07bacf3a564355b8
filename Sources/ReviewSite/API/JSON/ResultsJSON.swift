import NullableJSON
internal import Reviews

/// The results of a role, as far as the viewer may see them.
struct ResultsJSON: Encodable, Sendable {
    struct Question: Encodable, Sendable {
        var question: String
        var scores: ScoresJSON
    }

    struct Candidate: Encodable, Sendable {
        var interviewID: Int64
        var candidate: CandidateJSON
        @OrNull var verdict: Decision.Verdict?
        /// For the questions with ratings that the viewer may see, in the role's order.
        var questions: [Question]
    }

    struct Rater: Encodable, Sendable {
        var reviewer: ReviewerJSON
        var common: Int
        @OrNull var severity: Double?
        @OrNull var agreement: Double?
    }

    var role: RoleReferenceJSON
    var questions: [QuestionReferenceJSON]
    /// Sorted by name or pseudonym, never by score.
    var candidates: [Candidate]
    var raters: [Rater]

    /// Exports a role's results. The audit trail records who did.
    init(exportingRole slug: String, from reviews: Reviews, viewer: Viewer) async throws {
        let results = try await reviews.export(role: slug, viewer: viewer)
        let calibration = try await reviews.calibration(role: slug, viewer: viewer)
        role = RoleReferenceJSON(results.role)
        questions = results.questions.map(QuestionReferenceJSON.init)
        candidates = results.rows.map { row in
            Candidate(
                interviewID: row.interviewID, candidate: CandidateJSON(row.candidate), verdict: row.verdict,
                questions: zip(results.questions, row.cells).compactMap { question, scores in
                    scores.map { Question(question: question.key, scores: ScoresJSON($0)) }
                })
        }
        raters = calibration.raters.map {
            Rater(
                reviewer: ReviewerJSON(id: $0.reviewerID, name: $0.name), common: $0.common, severity: $0.severity, agreement: $0.agreement)
        }
    }
}
