internal import Postgres

/// A file of an answer that its reviewers may have.
struct Media: Sendable {
    /// What the site asks for. The recording itself, as the candidate sent it, is not among them.
    enum Kind: String, Sendable, CaseIterable, Encodable {
        case poster, storyboard, waveform, playback, captions
        case storyboardTrack = "storyboard_track"

        /// Kinds of artifacts that serve, the best first: where no browser plays the codecs of a recording, there is a rendition.
        var artifacts: [String] { self == .playback ? ["playback", "rendition"] : [rawValue] }
    }

    var key: String
    var mediaType: String
    var sha256: String
    var bytes: Int64

    enum Finding: Sendable {
        case file(Media)
        /// Also for a file that is there and not for them.
        case nothing
        /// Nobody asks: the session has ended, or its account has.
        case nobody
    }

    /// The file, for somebody who reviews the answer's role. Who asks, what they may see and where it is are one query, for players ask for
    /// one small range after the other.
    static func find(_ kind: Kind?, ofResponse id: Int64?, for asker: Asker, in pool: PostgresPool) async throws(PostgresError) -> Finding {
        let kinds = kind?.artifacts ?? []
        let row = try await pool.query(
            PostgresQuery(
                named: "media.find",
                """
                SELECT m.key, m.media_type, m.sha256, m.bytes
                FROM (\(fragment: asker.query)) AS who
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
            key: try row.decode("key"), mediaType: try row.decode("media_type"), sha256: try row.decode("sha256"),
            bytes: try row.decode("bytes"))
    }
}
