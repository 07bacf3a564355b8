public import Postgres
public import Recordings

/// What a worker needs to make a response's rendition.
public struct RenditionTask: Hashable, Sendable {
    public var responseID: Int64
    /// The recording's storage key.
    public var key: String
    /// The SHA-256 of what was inspected; `nil` in records that do not hold it.
    public var sha256: String?
    public var durationMs: Int
    /// Whether the rendition exists already.
    public var isMade: Bool
}

extension Interviews {
    /// What a worker needs to make a response's rendition; `nil` when the response no longer exists or needs no rendition.
    public func renditionTask(ofResponse id: Int64) async throws -> RenditionTask? {
        try await pool.query(
            PostgresQuery(
                named: "renditions.task",
                """
                SELECT r.id, r.recording_key, rr.report #>> '{container,sha256}' AS sha256, rr.duration_ms, n.status = 'made' AS is_made
                FROM dailies.renditions n
                JOIN dailies.responses r ON r.id = n.response_id
                JOIN dailies.review_records rr ON rr.response_id = r.id
                WHERE n.response_id = \(id)
                """)
        ).decode(RenditionTask.self).first
    }

    /// Writes a response's rendition. Repeating it changes nothing. Call it in the transaction that ends the job.
    /// - Parameter rendition: complete, with its storage key, size and hash.
    public func record(_ rendition: Rendition, forResponse id: Int64, in connection: PostgresConnection) async throws {
        let json = String(decoding: try rendition.json(), as: UTF8.self)
        try await connection.execute(
            PostgresQuery(named: "renditions.record", "SELECT dailies.record_rendition(\(id), \(json)::jsonb)"))
    }

    /// Records that a response gets no rendition, and why, in words for ops people. Call it in the transaction that ends the job.
    public func refuseRendition(ofResponse id: Int64, because why: String, in connection: PostgresConnection) async throws {
        try await connection.execute(PostgresQuery(named: "renditions.refuse", "SELECT dailies.refuse_rendition(\(id), \(why))"))
    }
}

extension RenditionTask: PostgresRowDecodable {
    public init(from row: PostgresRow) throws(PostgresError) {
        self.init(
            responseID: try row.decode("id"), key: try row.decode("recording_key"), sha256: try row.decode("sha256"),
            durationMs: try row.decode("duration_ms"),
            isMade: try row.decode("is_made"))
    }
}
