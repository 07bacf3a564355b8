internal import FoundationEssentials
import NullableJSON
internal import Recordings
internal import Reviews

/// `{"score": 4, "abstained": null}` or `{"score": null, "abstained": "technical_fault"}`.
struct JudgementJSON: Encodable, Sendable {
    @OrNull var score: Int?
    @OrNull var abstained: AbstentionReason?

    init(_ judgement: Judgement) {
        score = judgement.score
        abstained = judgement.abstention
    }
}

/// A colleague.
struct ReviewerJSON: Encodable, Sendable {
    var id: Int64
    var name: String
}

struct RatingJSON: Encodable, Sendable {
    var reviewer: ReviewerJSON
    /// One of the two is `null`.
    @OrNull var score: Int?
    @OrNull var abstained: AbstentionReason?
    var questionVersion: Int
    var watched: [Span]
    var watchedMs: Int
    var ratedAt: Date

    init(_ rating: Rating) {
        reviewer = ReviewerJSON(id: rating.reviewerID, name: rating.reviewerName)
        score = rating.judgement.score
        abstained = rating.judgement.abstention
        questionVersion = rating.questionVersion
        watched = rating.watched
        watchedMs = rating.watchedMs
        ratedAt = rating.ratedAt
    }
}

struct CommentJSON: Encodable, Sendable {
    var id: Int64
    var reviewer: ReviewerJSON
    var isMine: Bool
    var fromMs: Int
    @OrNull var toMs: Int?
    var body: String
    var writtenAt: Date

    init(_ comment: Comment) {
        id = comment.id
        reviewer = ReviewerJSON(id: comment.reviewerID, name: comment.reviewerName)
        isMine = comment.isMine
        fromMs = comment.fromMs
        toMs = comment.toMs
        body = comment.body
        writtenAt = comment.writtenAt
    }
}

struct DecisionJSON: Encodable, Sendable {
    var id: Int64
    var verdict: Decision.Verdict
    var reason: String
    var reviewer: ReviewerJSON
    var decidedAt: Date

    init(_ decision: Decision) {
        id = decision.id
        verdict = decision.verdict
        reason = decision.reason
        reviewer = ReviewerJSON(id: decision.reviewerID, name: decision.reviewerName)
        decidedAt = decision.decidedAt
    }
}
