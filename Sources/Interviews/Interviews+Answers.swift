public import Postgres
import Recordings

extension Interviews {
    /// The newest `limit` responses, in the order in which they arrived.
    public func answers(limit: Int) async throws -> [Answer] {
        try await pool.query(
            PostgresQuery(
                named: "answers.list",
                """
                SELECT * FROM (
                    SELECT a.*, rr.report #>> '{reason,message}' AS reason_message, n.status AS rendition,
                           ARRAY(SELECT f.name FROM dailies.flags f WHERE f.response_id = a.response_id
                                 ORDER BY f.severity, f.name) AS flags,
                           ARRAY(SELECT f.kind FROM dailies.artifacts f WHERE f.response_id = a.response_id ORDER BY f.kind) AS kinds,
                           ARRAY(SELECT f.key FROM dailies.artifacts f WHERE f.response_id = a.response_id ORDER BY f.kind) AS keys
                    FROM dailies.answers a LEFT JOIN dailies.review_records rr USING (response_id)
                    LEFT JOIN dailies.renditions n USING (response_id)
                    ORDER BY a.response_id DESC LIMIT \(limit)
                ) AS newest ORDER BY response_id
                """)
        ).decode(Answer.self)
    }
}

extension Answer: PostgresRowDecodable {
    public init(from row: PostgresRow) throws(PostgresError) {
        let kinds: [String] = try row.decode("kinds")
        let keys: [String] = try row.decode("keys")
        var artifacts: [ArtifactKind: String] = [:]
        for (kind, key) in zip(kinds, keys) {
            // A newer release may have written kinds that this program does not know.
            if let kind = ArtifactKind(rawValue: kind) { artifacts[kind] = key }
        }
        self.init(
            responseID: try row.decode("response_id"), role: try row.decode("role"), question: try row.decode("question"),
            questionNumber: try row.decode("question_number"), candidateName: try row.decode("candidate_name"),
            take: try row.decode("take"), submittedAt: try row.decode("submitted_at"),
            status: Status(rawValue: try row.decode("status")) ?? .processing, durationMs: try row.decode("duration_ms"),
            reason: try row.decode("reason_message"),
            flags: try row.decode("flags", as: [String].self).compactMap(Flag.Name.init(rawValue:)), artifacts: artifacts,
            rendition: try row.decode("rendition", as: String?.self).flatMap(Rendition.init(rawValue:)))
    }
}
