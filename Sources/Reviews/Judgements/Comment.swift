import ForeignText
public import FoundationEssentials
public import Postgres

/// A remark about a moment of an answer, or about a part of it.
public struct Comment: Hashable, Sendable, Encodable {
    public var id: Int64
    public var reviewerID: Int64
    public var reviewerName: String
    /// Whether the viewer wrote it and may delete it.
    public var isMine: Bool
    public var fromMs: Int
    /// `nil` when the comment is about one moment.
    public var toMs: Int?
    public var body: String
    public var writtenAt: Date
}

extension Reviews {
    /// The viewer's own comments on an answer, and others' once the role's rule allows it. Sorted by their times in the answer.
    public func comments(on response: Int64, viewer: Viewer) async throws -> [Comment] {
        try await pool.query(
            PostgresQuery(
                named: "reviews.comments",
                """
                SELECT x.*, v.name AS reviewer_name, x.reviewer_id = x.viewer_id AS is_mine
                FROM dailies.visible_comments x JOIN dailies.reviewers v ON v.id = x.reviewer_id
                WHERE x.viewer_id = \(viewer.reviewerID) AND x.response_id = \(response)
                ORDER BY x.from_ms, x.id
                """), as: Comment.self)
    }

    /// Adds a comment.
    /// - Throws: `ReviewsError`: `.notFound`, or `.invalid` for an invalid text or time span.
    public func comment(on response: Int64, fromMs: Int, toMs: Int? = nil, body: String, viewer: Viewer) async throws -> Comment {
        guard [fromMs, toMs ?? 0].allSatisfy({ (0...Int(Int32.max)).contains($0) }), toMs.map({ $0 > fromMs }) ?? true else {
            throw ReviewsError.invalid("A comment's stretch begins at 0 or later, and ends after it begins.")
        }
        guard !body.holdsNUL else { throw ReviewsError.invalid("A comment cannot hold the character NUL.") }
        let written = try await write(
            PostgresQuery(
                named: "reviews.comment",
                """
                WITH written AS (
                    INSERT INTO dailies.comments (response_id, reviewer_id, from_ms, to_ms, body)
                    SELECT a.response_id, a.viewer_id, \(fromMs), \(toMs), \(body)
                    FROM dailies.answer_access a WHERE a.viewer_id = \(viewer.reviewerID) AND a.response_id = \(response)
                    RETURNING id, reviewer_id, from_ms, to_ms, created_at
                )
                SELECT written.*, \(body)::text AS body, v.name AS reviewer_name, true AS is_mine FROM written JOIN dailies.reviewers v ON v.id = written.reviewer_id
                """), as: Comment.self)
        guard let written else { throw ReviewsError.notFound("answer") }
        return written
    }

    /// Deletes the viewer's own comment for good.
    public func deleteComment(_ id: Int64, viewer: Viewer) async throws {
        let rows = try await write(
            PostgresQuery(
                named: "reviews.delete_comment",
                """
                UPDATE dailies.comments SET body = NULL, deleted_at = now()
                WHERE id IN (SELECT x.id FROM dailies.visible_comments x
                             WHERE x.viewer_id = \(viewer.reviewerID) AND x.reviewer_id = x.viewer_id AND x.id = \(id))
                """))
        guard rows > 0 else { throw ReviewsError.notFound("comment") }
    }
}

extension Comment: PostgresRowDecodable {
    public init(from row: PostgresRow) throws(PostgresError) {
        id = try row.decode("id")
        reviewerID = try row.decode("reviewer_id")
        reviewerName = try row.decode("reviewer_name")
        isMine = try row.decode("is_mine")
        fromMs = try row.decode("from_ms")
        toMs = try row.decode("to_ms")
        body = try row.decode("body")
        writtenAt = try row.decode("created_at")
    }
}
