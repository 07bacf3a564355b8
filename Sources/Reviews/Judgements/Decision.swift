import ForeignText
public import FoundationEssentials
public import Postgres

/// A person's decision about an interview, and the reason. Dailies itself never decides.
public struct Decision: Hashable, Sendable, Encodable {
    public enum Verdict: String, Hashable, Sendable, Codable, CaseIterable, PostgresDecodable {
        case advance, hold, decline
    }

    public var id: Int64
    public var verdict: Verdict
    public var reason: String
    public var reviewerID: Int64
    public var reviewerName: String
    public var decidedAt: Date
}

extension Reviews {
    /// Decides about an interview. The latest decision counts, and all are kept.
    /// - Throws: `ReviewsError`: `.notFound`, or `.invalid` for an invalid reason.
    @discardableResult
    public func decide(_ verdict: Decision.Verdict, about interview: Int64, reason: String, viewer: Viewer) async throws -> Decision {
        guard !reason.holdsNUL else { throw ReviewsError.invalid("A reason cannot hold the character NUL.") }
        let made = try await write(
            PostgresQuery(
                named: "reviews.decide",
                """
                WITH made AS (
                    INSERT INTO dailies.decisions (interview_id, reviewer_id, verdict, reason)
                    SELECT i.interview_id, i.viewer_id, \(verdict.rawValue), \(reason)
                    FROM dailies.visible_interviews i WHERE i.viewer_id = \(viewer.reviewerID) AND i.interview_id = \(interview)
                    RETURNING id, reviewer_id, decided_at
                )
                SELECT made.*, \(verdict.rawValue)::text AS verdict, \(reason)::text AS reason, v.name AS reviewer_name FROM made JOIN dailies.reviewers v ON v.id = made.reviewer_id
                """), as: Decision.self)
        guard let made else { throw ReviewsError.notFound("interview") }
        return made
    }

    /// The decisions about an interview that the viewer may see, the latest first.
    func decisions(about interview: Int64, viewer: Viewer) async throws -> [Decision] {
        try await pool.query(
            PostgresQuery(
                named: "reviews.decisions",
                """
                SELECT d.*, v.name AS reviewer_name FROM dailies.visible_decisions d JOIN dailies.reviewers v ON v.id = d.reviewer_id
                WHERE d.viewer_id = \(viewer.reviewerID) AND d.interview_id = \(interview)
                ORDER BY d.id DESC
                """), as: Decision.self)
    }
}

extension Decision: PostgresRowDecodable {
    public init(from row: PostgresRow) throws(PostgresError) {
        id = try row.decode("id")
        verdict = try row.decode("verdict")
        reason = try row.decode("reason")
        reviewerID = try row.decode("reviewer_id")
        reviewerName = try row.decode("reviewer_name")
        decidedAt = try row.decode("decided_at")
    }
}
