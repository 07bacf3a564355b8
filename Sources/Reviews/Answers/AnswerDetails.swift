public import FoundationEssentials
public import Postgres
public import Recordings

/// Everything that is shown beside and under the player, except others' ratings and comments.
public struct AnswerDetails: Hashable, Sendable, Encodable {
    public enum Status: String, Hashable, Sendable, Codable, PostgresDecodable {
        case processing, reviewable, unusable
        /// The recording has not arrived yet, or not whole.
        case awaitingFile = "awaiting_file"
    }

    /// The picture's size as displayed, in pixels.
    public struct Picture: Hashable, Sendable, Encodable {
        public var width: Int
        public var height: Int
    }

    public var responseID: Int64
    public var interviewID: Int64
    public var role: RoleReference
    public var candidate: CandidateIdentity
    public var question: AskedQuestion
    public var take: Int
    /// Whether this take is the answer that counts. If not, a newer take has replaced it.
    public var isCurrent: Bool
    public var status: Status
    /// Why a recording is unusable, in words for people.
    public var reason: String?
    /// Whether the recording is being looked into again. Until that is done everything here stays in effect.
    public var isLookedIntoAgain: Bool
    /// When a new look last replaced or took back what was known of the recording. Ratings of before were given to that.
    public var lookedIntoAgainAt: Date?
    public var durationMs: Int?
    public var picture: Picture?
    public var silences: [Span]
    /// Faults first; `Flag.Name.sentence` says each for people.
    public var flags: [Flag]
    public var artifacts: [ArtifactKind]
    /// Whether there are captions beside the artifacts; another program writes them.
    public var hasCaptions: Bool
    /// Whether a new take was requested.
    public var isTakeRequested: Bool
    public var mine: Rating?
    /// Whether the viewer may see others' ratings and comments.
    public var isOpen: Bool

    public var faults: [Flag] { flags.filter { $0.severity == .fault } }
    /// The silences, which a reviewer may skip.
    public var silentMs: Int { silences.reduce(0) { $0 + $1.lengthMs } }
}

extension Reviews {
    /// One answer. To record that the viewer looked at it, call ``recordView(of:viewer:)``.
    public func answer(_ response: Int64, viewer: Viewer) async throws -> AnswerDetails {
        let found = try await pool.query(
            PostgresQuery(
                named: "reviews.answer",
                """
                \(fragment: AnswerDetails.selection(viewer))
                WHERE r.id = \(response)
                """), as: AnswerDetails.self)
        guard let answer = found.first else { throw ReviewsError.notFound("answer") }
        return answer
    }

    /// - Throws: `ReviewsError.notFound` unless the viewer reaches the answer.
    public func requireReach(of response: Int64, viewer: Viewer) async throws {
        let found = try await pool.query(
            PostgresQuery(
                named: "reviews.reach",
                "SELECT FROM dailies.answer_access WHERE viewer_id = \(viewer.reviewerID) AND response_id = \(response)"))
        guard !found.isEmpty else { throw ReviewsError.notFound("answer") }
    }

    /// Records in the audit trail that the viewer looked at an answer. Pages that show one answer call it; lists do not.
    public func recordView(of response: Int64, viewer: Viewer) async throws {
        try await pool.execute(
            PostgresQuery(
                named: "reviews.view",
                """
                SELECT dailies.audit_response(a.viewer_id, 'answer.viewed', a.response_id) FROM dailies.answer_access a
                WHERE a.viewer_id = \(viewer.reviewerID) AND a.response_id = \(response)
                """))
    }
}

extension AnswerDetails: PostgresRowDecodable {
    static func selection(_ viewer: Viewer) -> PostgresQuery {
        """
        SELECT r.id AS response_id, r.interview_id, r.take, r.question_version, a.role_id, a.slug, a.title, a.blind,
               i.pseudonym, i.candidate_name, q.key AS question_key, q.position,
               (SELECT max(version) FROM dailies.question_versions n WHERE n.question_id = q.id) AS newest_version,
               v.prompt, v.key_points, v.anchor_1, v.anchor_3, v.anchor_5,
               EXISTS (SELECT FROM dailies.current_answers c WHERE c.response_id = r.id) AS is_current,
               CASE WHEN rr.outcome = 'usable' THEN 'reviewable' WHEN rr.outcome = 'unusable' THEN 'unusable'
                    WHEN dailies.awaits_file(r.id) THEN 'awaiting_file' ELSE 'processing' END AS status,
               EXISTS (SELECT FROM dailies.reinspections x JOIN dailies.jobs j ON j.id = x.job_id WHERE x.response_id = r.id)
                   AS is_looked_into_again,
               (SELECT max(w.withdrawn_at) FROM dailies.withdrawn_reviews w WHERE w.response_id = r.id) AS looked_into_again_at,
               rr.report #>> '{reason,message}' AS reason, rr.duration_ms,
               (rr.report #>> '{video,width}')::bigint AS width, (rr.report #>> '{video,height}')::bigint AS height,
               coalesce(nullif(rr.report #> '{audio,silences}', 'null'), '[]') AS silences,
               coalesce(rr.report -> 'flags', '[]') AS flags,
               ARRAY(SELECT f.kind FROM dailies.artifacts f WHERE f.response_id = r.id ORDER BY f.kind) AS artifacts,
               EXISTS (SELECT FROM dailies.take_requests t WHERE t.response_id = r.id) AS is_take_requested,
               o.is_open, own.reviewer_id, own.score, own.abstained, own.watched, own.watched_ms, own.updated_at,
               (SELECT name FROM dailies.reviewers n WHERE n.id = own.reviewer_id) AS reviewer_name
        FROM dailies.responses r
        JOIN dailies.role_access a ON a.viewer_id = \(viewer.reviewerID) AND a.role_id = r.role_id
        JOIN dailies.answer_access o ON o.viewer_id = \(viewer.reviewerID) AND o.response_id = r.id
        JOIN dailies.visible_interviews i ON i.viewer_id = \(viewer.reviewerID) AND i.interview_id = r.interview_id
        JOIN dailies.questions q ON q.id = r.question_id
        JOIN dailies.question_versions v ON v.question_id = r.question_id AND v.version = r.question_version
        LEFT JOIN LATERAL (
            SELECT x.outcome, x.duration_ms, x.report::jsonb AS report FROM dailies.review_records x WHERE x.response_id = r.id OFFSET 0
        ) AS rr ON true
        LEFT JOIN dailies.visible_ratings own
            ON own.viewer_id = \(viewer.reviewerID) AND own.response_id = r.id AND own.reviewer_id = \(viewer.reviewerID)
        """
    }

    public init(from row: PostgresRow) throws(PostgresError) {
        responseID = try row.decode("response_id")
        interviewID = try row.decode("interview_id")
        role = try RoleReference(from: row)
        candidate = try CandidateIdentity(from: row)
        question = try AskedQuestion(from: row)
        take = try row.decode("take")
        isCurrent = try row.decode("is_current")
        status = try row.decode("status")
        reason = try row.decode("reason")
        isLookedIntoAgain = try row.decode("is_looked_into_again")
        lookedIntoAgainAt = try row.decode("looked_into_again_at")
        durationMs = try row.decode("duration_ms")
        if let width: Int = try row.decode("width"), let height: Int = try row.decode("height") {
            picture = Picture(width: width, height: height)
        }
        silences = try row.decode("silences", as: PostgresJSON<[Span]>.self).value
        flags = try row.decode("flags", as: PostgresJSON<[Flag]>.self).value
            .sorted { ($0.severity.rawValue, $0.name.rawValue) < ($1.severity.rawValue, $1.name.rawValue) }
        // A newer release may have written kinds that this program does not know.
        let kinds: [String] = try row.decode("artifacts")
        artifacts = kinds.compactMap(ArtifactKind.init(rawValue:))
        hasCaptions = kinds.contains { $0 == "captions" }
        isTakeRequested = try row.decode("is_take_requested")
        isOpen = try row.decode("is_open")
        mine = try row.decode("reviewer_id", as: Int64?.self) == nil ? nil : try Rating(from: row)
    }
}
