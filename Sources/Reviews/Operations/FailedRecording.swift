public import FoundationEssentials
import Interviews
public import Postgres

/// An answer whose recording could not be looked into, or cannot be watched.
public struct FailedRecording: Hashable, Sendable, Encodable {
    public var responseID: Int64
    public var interviewID: Int64
    /// The role's slug and the question's key.
    public var role: String
    public var question: String
    public var candidate: CandidateIdentity
    /// For programs; `nil` when there is no review record, because the job was discarded for a fault of ours.
    public var reason: String?
    /// In words for people.
    public var message: String?
    /// The discarded job, which a person may retry with ``Reviews/retry(job:viewer:)``; `nil` where the recording itself is at fault.
    public var jobID: Int64?
    /// What that job said at last; `nil` in a blind role, because it may name the file.
    public var evidence: String?
    public var failedAt: Date
}

extension Reviews {
    func failedRecordings(viewer: Viewer) async throws -> [FailedRecording] {
        try await pool.query(
            PostgresQuery(
                named: "reviews.failures",
                """
                WITH given_up AS (
                    SELECT DISTINCT ON (response_id) * FROM (
                        SELECT dailies.response_id(h.payload) AS response_id, h.id AS job_id, h.ended_at,
                               coalesce(h.error, h.timeline -> -1 ->> 'error') AS evidence
                        FROM dailies.job_history h
                        WHERE h.kind = 'inspect_response' AND h.outcome = 'discarded'
                          AND NOT EXISTS (SELECT FROM dailies.jobs j WHERE j.id = h.id)
                    ) AS ended ORDER BY response_id, ended_at DESC
                )
                -- Of each sort the newest, by an index that holds no other, and only then all that is to be told of them.
                , failed AS MATERIALIZED (
                    (SELECT c.response_id, rr.created_at AS failed_at
                     FROM dailies.review_records rr
                     JOIN dailies.current_answers c ON c.response_id = rr.response_id AND c.status = 'unusable'
                     WHERE rr.outcome = 'unusable'
                     ORDER BY rr.created_at DESC, c.response_id LIMIT 200)
                    UNION ALL
                    (SELECT c.response_id, g.ended_at
                     FROM given_up g
                     JOIN dailies.current_answers c ON c.response_id = g.response_id AND c.status = 'processing'
                     ORDER BY g.ended_at DESC, c.response_id LIMIT 200)
                    ORDER BY failed_at DESC, response_id LIMIT 200
                )
                SELECT told.*, failed.failed_at
                FROM failed
                -- OFFSET 0 keeps the planner from joining all answers for the sake of these rows.
                CROSS JOIN LATERAL (
                    SELECT c.response_id, c.interview_id, a.slug, q.key AS question, i.pseudonym, i.candidate_name, rr.reason,
                           rr.report #>> '{reason,message}' AS message, g.job_id, CASE WHEN NOT a.blind THEN g.evidence END AS evidence
                    FROM dailies.current_answers c
                    JOIN dailies.role_access a ON a.role_id = c.role_id AND a.viewer_id = \(viewer.reviewerID) AND a.is_admin
                    JOIN dailies.visible_interviews i ON i.viewer_id = a.viewer_id AND i.interview_id = c.interview_id
                    JOIN dailies.questions q ON q.id = c.question_id
                    LEFT JOIN dailies.review_records rr ON rr.response_id = c.response_id
                    LEFT JOIN given_up g ON g.response_id = c.response_id
                    WHERE c.response_id = failed.response_id OFFSET 0
                ) AS told
                ORDER BY failed.failed_at DESC, failed.response_id
                """), as: FailedRecording.self)
    }

    /// Puts the job of a failed recording back, as `dailies jobs retry` does. For admins.
    /// - Throws: `ReviewsError`: `.adminsOnly`, or `.notFound` for a job that is not there or is neither discarded nor cancelled.
    public func retry(job: Int64, viewer: Viewer) async throws {
        try await requireAdmin(viewer)
        let interviews = Interviews(pool: pool)
        guard try await interviews.retry(jobs: [job], reason: "retried on the review site", by: viewer.reviewerID) == [job] else {
            throw ReviewsError.notFound("failed job")
        }
    }
}

extension Reviews {
    /// Has an answer's recording looked into again, as `dailies reinspect` does. Its review record stays in effect until the new one is there.
    /// For admins. Asking twice is asking once.
    /// - Throws: `ReviewsError`: `.adminsOnly`, `.notFound`, or `.notReviewable` when nobody has looked into it yet.
    public func reinspect(_ response: Int64, viewer: Viewer) async throws {
        try await requireAdmin(viewer)
        try await requireReach(of: response, viewer: viewer)
        let became = try await Interviews(pool: pool)
            .reinspect(responses: [response], reason: "reinspected on the review site", by: viewer.reviewerID)
        guard let became = became.first?.became else { throw ReviewsError.notFound("answer") }
        guard became != .unseen else {
            throw ReviewsError(code: .notReviewable, description: "Nobody has looked into this recording yet; that comes by itself.")
        }
    }
}

extension FailedRecording: PostgresRowDecodable {
    public init(from row: PostgresRow) throws(PostgresError) {
        responseID = try row.decode("response_id")
        interviewID = try row.decode("interview_id")
        role = try row.decode("slug")
        question = try row.decode("question")
        candidate = try CandidateIdentity(from: row)
        reason = try row.decode("reason")
        message = try row.decode("message")
        jobID = try row.decode("job_id")
        evidence = try row.decode("evidence")
        failedAt = try row.decode("failed_at")
    }
}
