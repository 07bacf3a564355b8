public import Postgres

/// The storage that a database belongs to, as the database knows it.
public struct KnownStorage: Hashable, Sendable {
    /// The number, in lower case.
    public var id: String
    /// Whether the storage was given its marker. From then on a storage without it is another one.
    public var isMarked: Bool
}

extension Interviews {
    /// The storage that this database belongs to; `nil` before the first worker or import.
    public func knownStorage() async throws -> KnownStorage? {
        try await pool.query(
            PostgresQuery(named: "storage.known", "SELECT id::text AS id, is_marked FROM dailies.storage_identity"), as: KnownStorage.self
        ).first
    }

    /// Records the storage that this database belongs to, unless it knows one. Of several at the same moment the first is kept.
    /// - Parameter id: the number in the storage's marker; `nil` when it has none: then a new one is drawn.
    public func recordStorage(id: String?) async throws {
        try await pool.execute(
            PostgresQuery(
                named: "storage.record",
                """
                INSERT INTO dailies.storage_identity (id, is_marked) VALUES (coalesce(\(id)::uuid, gen_random_uuid()), \(id != nil))
                ON CONFLICT DO NOTHING
                """))
    }

    /// Records that the storage carries its marker.
    public func recordStorageMark() async throws {
        try await pool.execute(
            PostgresQuery(named: "storage.marked", "UPDATE dailies.storage_identity SET is_marked = true WHERE NOT is_marked"))
    }

    /// Makes the database belong to a storage, whatever it belonged to before. The trail keeps both. For people.
    /// - Parameter id: the number in the storage's marker; `nil` to keep the database's own, for a storage without one.
    public func adoptStorage(id: String?) async throws -> KnownStorage {
        let row = try await pool.transaction { connection in
            try await connection.query(
                PostgresQuery(
                    named: "storage.adopt",
                    """
                    WITH former AS (SELECT id FROM dailies.storage_identity), adopted AS (
                        INSERT INTO dailies.storage_identity AS s (id, is_marked)
                        VALUES (coalesce(\(id)::uuid, (SELECT id FROM former), gen_random_uuid()), \(id != nil))
                        ON CONFLICT (is_only_row) DO UPDATE SET id = excluded.id, is_marked = excluded.is_marked, made_at = now()
                        RETURNING s.id, s.is_marked
                    ), told AS (
                        INSERT INTO dailies.audit_events (action, detail)
                        SELECT 'storage.adopted', jsonb_build_object('from', (SELECT id FROM former), 'to', adopted.id) FROM adopted
                    )
                    SELECT id::text AS id, is_marked FROM adopted
                    """)
            ).one()
        }
        return try KnownStorage(from: row)
    }

    /// Files that review records say were in storage: recordings that were read, and artifacts. Some of the oldest and some of the newest.
    public func filesOfRecords() async throws -> [String] {
        try await pool.query(
            PostgresQuery(
                named: "storage.files",
                """
                WITH sample AS (
                    (SELECT response_id, report FROM dailies.review_records ORDER BY response_id LIMIT 10)
                    UNION ALL
                    (SELECT response_id, report FROM dailies.review_records ORDER BY response_id DESC LIMIT 10)
                )
                SELECT DISTINCT file.key FROM sample
                JOIN dailies.responses r ON r.id = sample.response_id
                CROSS JOIN LATERAL (VALUES
                    (sample.report #>> '{artifacts,poster,file}'),
                    (CASE WHEN sample.report #>> '{container,sha256}' IS NOT NULL THEN r.recording_key END)) AS file (key)
                WHERE file.key IS NOT NULL ORDER BY file.key
                """), as: String.self)
    }
}

extension KnownStorage: PostgresRowDecodable {
    public init(from row: PostgresRow) throws(PostgresError) {
        self.init(id: try row.decode("id"), isMarked: try row.decode("is_marked"))
    }
}
