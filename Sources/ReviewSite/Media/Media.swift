internal import Postgres

/// A file of an answer that its reviewers may fetch.
struct Media: Sendable {
    /// The kinds of files. The candidate's recording itself is not one of them.
    enum Kind: String, Sendable, CaseIterable, Encodable {
        case poster, storyboard, waveform, playback, captions
        case storyboardTrack = "storyboard_track"

        /// The artifacts to look for, the best first. A rendition exists when browsers do not play the recording's codecs.
        var artifacts: [String] { self == .playback ? ["playback", "rendition"] : [rawValue] }
    }

    /// The reviewer who asked.
    var viewerID: Int64
    var key: String
    var mediaType: String
    var sha256: String
    var bytes: Int64

    enum Finding: Sendable {
        case file(Media)
        /// No such file, or the viewer may not fetch it.
        case nothing
        /// The session has ended, or its account is disabled.
        case nobody
    }

    /// Finds the file for a reviewer of the answer's role. One query checks the session and the access and finds the file, because players
    /// send many requests for small ranges.
    static func find(_ kind: Kind?, ofResponse id: Int64?, for requester: Requester, in pool: PostgresPool) async throws(PostgresError)
        -> Finding
    {
        let kinds = kind?.artifacts ?? []
        let row = try await pool.query(
            PostgresQuery(
                named: "media.find",
                """
                SELECT who.id AS viewer_id, m.key, m.media_type, m.sha256, m.bytes
                FROM (\(fragment: requester.query)) AS who
                LEFT JOIN LATERAL (
                    SELECT m.* FROM dailies.responses r
                    JOIN dailies.role_access a ON a.role_id = r.role_id AND a.viewer_id = who.id
                    JOIN dailies.artifacts m ON m.response_id = r.id AND m.kind = ANY (\(kinds))
                    WHERE r.id = \(id)
                    ORDER BY array_position(\(kinds), m.kind) LIMIT 1
                ) AS m ON true
                """)
        ).first
        guard let row else { return .nobody }
        return try row.decode("key", as: String?.self) == nil ? .nothing : .file(Media(from: row))
    }
}

extension Media: PostgresRowDecodable {
    init(from row: PostgresRow) throws(PostgresError) {
        self.init(
            viewerID: try row.decode("viewer_id"), key: try row.decode("key"), mediaType: try row.decode("media_type"),
            sha256: try row.decode("sha256"),
            bytes: try row.decode("bytes"))
    }
}
