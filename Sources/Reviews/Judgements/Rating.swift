public import FoundationEssentials
public import Postgres
public import Recordings

/// One reviewer's judgement of one answer.
public struct Rating: Hashable, Sendable, Encodable {
    /// The most time spans of one request. A person produces fewer in one sitting.
    public static let mostStretches = 5_000

    public var reviewerID: Int64
    public var reviewerName: String
    public var judgement: Judgement
    /// The question version whose anchors the rating is based on: the version that the candidate was asked.
    public var questionVersion: Int
    /// The parts that the reviewer has watched, sorted and without overlaps.
    public var watched: [Span]
    public var watchedMs: Int
    public var ratedAt: Date
}

extension Reviews {
    /// The ratings that the viewer may see: their own, and others' once the role's rule allows it. Sorted by the reviewers' names.
    public func ratings(of response: Int64, viewer: Viewer) async throws -> [Rating] {
        try await pool.query(
            PostgresQuery(
                named: "reviews.ratings",
                """
                SELECT x.*, v.name AS reviewer_name FROM dailies.visible_ratings x JOIN dailies.reviewers v ON v.id = x.reviewer_id
                WHERE x.viewer_id = \(viewer.reviewerID) AND x.response_id = \(response)
                ORDER BY lower(v.name), v.id
                """), as: Rating.self)
    }

    /// Sets or changes the viewer's rating. The audit trail keeps both ratings.
    /// - Parameter watched: the parts that the viewer has watched. They are added to those recorded before.
    /// - Throws: `ReviewsError`: `.notFound`; `.invalid` for a score outside 1 to 5; `.notReviewable` for a score of an answer that
    ///   cannot be watched (an abstention is accepted).
    public func rate(_ response: Int64, _ judgement: Judgement, watched: [Span] = [], viewer: Viewer) async throws {
        if let score = judgement.score, !(1...5).contains(score) { throw ReviewsError.invalid("A score is 1, 2, 3, 4 or 5.") }
        guard watched.count <= Rating.mostStretches else {
            throw ReviewsError.invalid("What was watched is at most \(Rating.mostStretches) stretches.")
        }
        guard watched.allSatisfy({ $0.fromMs >= 0 && $0.fromMs < $0.toMs }) else {
            throw ReviewsError.invalid("A watched stretch begins at 0 or later, and ends after it begins.")
        }
        let rows = try await write(
            PostgresQuery(
                named: "reviews.rate",
                """
                INSERT INTO dailies.ratings (response_id, reviewer_id, score, abstained, watched)
                SELECT a.response_id, a.viewer_id, \(judgement.score)::smallint, \(judgement.abstention?.rawValue), \(PostgresJSON(watched))
                FROM dailies.answer_access a WHERE a.viewer_id = \(viewer.reviewerID) AND a.response_id = \(response)
                -- Not from `excluded`: that takes the right to read the table, others' ratings with it.
                ON CONFLICT (response_id, reviewer_id) DO UPDATE
                SET score = \(judgement.score)::smallint, abstained = \(judgement.abstention?.rawValue), watched = \(PostgresJSON(watched))
                """))
        guard rows > 0 else { throw ReviewsError.notFound("answer") }
    }
}

extension Rating: PostgresRowDecodable {
    public init(from row: PostgresRow) throws(PostgresError) {
        reviewerID = try row.decode("reviewer_id")
        reviewerName = try row.decode("reviewer_name")
        let score: Int? = try row.decode("score")
        // The database's CHECK constraint allows exactly one of the two.
        judgement = Judgement(score: score, abstained: try row.decode("abstained")) ?? .abstained(.other)
        questionVersion = try row.decode("question_version")
        watched = try row.decode("watched", as: PostgresJSON<[Span]>.self).value
        watchedMs = try row.decode("watched_ms")
        ratedAt = try row.decode("updated_at")
    }
}
