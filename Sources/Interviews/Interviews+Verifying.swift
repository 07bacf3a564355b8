import Postgres

/// What verifying a storage needs of the database.
extension Interviews {
    /// A file that a row names, and what is known of its content.
    public struct NamedContent: Hashable, Sendable {
        public enum Kind: String, Sendable {
            case recording
            /// The recording of the last day, which nobody has read yet: it may still be on its way.
            case arriving
            case poster
            case storyboard
            case storyboardTrack = "storyboard_track"
            case waveform
            case playback
            case rendition
            case captions

            public var isRecording: Bool { self == .recording || self == .arriving }
        }

        public var responseID: Int64
        public var kind: Kind
        public var key: String
        /// The SHA-256 that the review record tells; of a recording that nobody has read yet, what the sender declared; `nil` when unknown.
        public var sha256: String?
    }

    /// The files that responses and the review records in effect name, a page of responses at a time, in the order of their ids. Each response's
    /// recording comes before its artifacts.
    /// - Parameter after: the last page's last response; `nil` for the first page.
    /// - Returns: the files, and the page's last response; `nil` when there are no more responses.
    public func namedContents(
        after: Int64?, responses limit: Int = 500
    ) async throws -> (files: [NamedContent], last: Int64)? {
        let after = after ?? .min
        let last = try await pool.query(
            PostgresQuery(
                named: "verify.page",
                "SELECT max(id) FROM (SELECT id FROM dailies.responses WHERE id > \(after) ORDER BY id LIMIT \(limit)) AS page")
        ).one().decode(at: 0, as: Int64?.self)
        guard let last else { return nil }
        let files = try await pool.query(
            PostgresQuery(
                named: "verify.named_contents",
                """
                SELECT file.response_id, file.kind, file.key, file.sha256
                FROM (
                    SELECT r.id AS response_id,
                           CASE WHEN v.report #>> '{container,sha256}' IS NULL AND r.submitted_at BETWEEN now() - interval '1 day' AND now()
                                THEN 'arriving' ELSE 'recording' END AS kind,
                           r.recording_key AS key, coalesce(v.report #>> '{container,sha256}', r.declared_sha256) AS sha256, 0 AS turn
                    FROM dailies.responses r LEFT JOIN dailies.review_records v ON v.response_id = r.id
                    WHERE r.id > \(after) AND r.id <= \(last)
                    UNION ALL
                    SELECT a.response_id, a.kind, a.key, a.sha256, 1
                    FROM dailies.artifacts a WHERE a.response_id > \(after) AND a.response_id <= \(last)
                ) AS file
                ORDER BY file.response_id, file.turn, file.kind
                """)
        ).decode((Int64.self, String.self, String.self, String?.self))
        return (
            files.compactMap { id, kind, key, sha256 in
                NamedContent.Kind(rawValue: kind).map { NamedContent(responseID: id, kind: $0, key: key, sha256: sha256) }
            }, last
        )
    }

    /// Has renditions made again. Until then there is nothing to play of them.
    /// - Returns: the responses that get one.
    public func renderAgain(responses ids: [Int64]) async throws -> [Int64] {
        try await pool.transaction { connection in
            try await connection.query(
                PostgresQuery(named: "renditions.again", "SELECT * FROM dailies.render_again(\(ids))"), as: Int64.self)
        }
    }
}
