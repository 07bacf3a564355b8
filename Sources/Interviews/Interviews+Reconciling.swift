import Postgres

/// Finds rows that belong together and are not, and mends what can be mended. The SQL functions stand in `reconcile.sql`.
extension Interviews {
    /// A response that nobody will look into: it has no review record and no job, live, discarded or cancelled.
    public struct AnswerWithoutJob: Hashable, Sendable {
        public var responseID: Int64
        /// Whether the history reaches back to it. Otherwise a person may have cancelled its job.
        public var isCertain: Bool
    }

    /// The newest `count` responses, as the id before the first of them; `nil` when there are not more.
    public func idBefore(newest count: Int) async throws -> Int64? {
        try await pool.query(
            PostgresQuery(
                named: "reconcile.before_newest", "SELECT id FROM dailies.responses ORDER BY id DESC OFFSET \(count) LIMIT 1")
        ).decode((Int64.self)).first
    }

    /// Responses without a job, in the order of id. Responses of the last minute are left out.
    /// - Parameters:
    ///   - after: only those with a higher id; `nil` for all, which reads the primary keys of all responses.
    ///   - limit: at most 10,000.
    public func answersWithoutJob(after: Int64?, limit: Int) async throws -> [AnswerWithoutJob] {
        try await pool.query(
            PostgresQuery(
                named: "reconcile.answers_without_job",
                """
                SELECT response_id, is_certain
                FROM dailies.answers_without_job(\(after ?? .min), \(Int64.max), \(limit)::integer)
                """)
        ).decode((Int64.self, Bool.self)).map { AnswerWithoutJob(responseID: $0, isCertain: $1) }
    }

    /// Inserts the jobs of those among these responses that have none.
    /// - Parameter ids: at most 10,000.
    /// - Returns: the responses that got one.
    public func giveJobs(to ids: [Int64]) async throws -> [Int64] {
        try await pool.transaction { connection in
            try await connection.query(
                PostgresQuery(named: "reconcile.give_jobs", "SELECT * FROM dailies.give_jobs(\(ids))"), as: Int64.self)
        }
    }

    /// The chore of the workers: looks for responses without a job, and gives them one where it is certain that they have to have one. All
    /// workers may call it at any time. One of them does it, once a minute at most.
    /// - Returns: the responses that got a job.
    public func lookAfterAnswers() async throws -> [Int64] {
        try await pool.transaction { connection in
            try await connection.query(
                PostgresQuery(named: "reconcile.look", "SELECT * FROM dailies.look_after_answers()"), as: Int64.self)
        }
    }

    /// Ids of live jobs whose response is not there, among the first hundred thousand live jobs.
    /// - Parameter limit: at most 10,000.
    public func jobsWithoutAnswer(limit: Int) async throws -> [Int64] {
        try await pool.query(
            PostgresQuery(named: "reconcile.jobs_without_answer", "SELECT * FROM dailies.jobs_without_answer(\(limit)::integer)"),
            as: Int64.self)
    }

    /// Deletes news from the outbox that is older than `age`, a few thousand rows at most.
    /// - Returns: whether there may be more.
    public func pruneOutbox(olderThan age: Duration) async throws -> Bool {
        let most = 5000
        let deleted: Int = try await pool.query(
            PostgresQuery(named: "outbox.prune", "SELECT dailies.prune_outbox(\(age), \(most)::integer)")
        ).one().decode(at: 0)
        return deleted == most
    }

    /// What the chore found at its last look.
    public func reconciliation() async throws -> ReconciliationGauges {
        try await pool.query(
            PostgresQuery(
                named: "reconcile.gauges",
                """
                SELECT answers_without_job, jobs_given, jobs_without_answer,
                       CASE WHEN looked_at > '-infinity' THEN greatest(0, extract(epoch FROM now() - looked_at))::float8 END AS seconds_ago
                FROM dailies.reconciliation
                """)
        ).decode(ReconciliationGauges.self)[0]
    }

    /// A file that a row names.
    public struct NamedFile: Hashable, Sendable {
        public enum Kind: String, Sendable {
            case recording
            /// Made from a recording; a review record, or a row of `added_artifacts`, shows it.
            case artifact
            /// Not missed when it is gone: an artifact of a review record that was taken back, or the recording of the last day, which may
            /// still be on its way.
            case optional
        }

        public var responseID: Int64
        public var kind: Kind
        public var key: String
    }

    /// The files that the rows of responses name, a page of responses at a time, in the order of their ids.
    /// - Parameter after: the last page's last response; `nil` for the first page.
    /// - Returns: the files, and the page's last response; `nil` when there are no more responses.
    public func namedFiles(after: Int64?, responses limit: Int = 2000) async throws -> (files: [NamedFile], last: Int64)? {
        let after = after ?? .min
        let last = try await pool.query(
            PostgresQuery(
                named: "reconcile.page",
                "SELECT max(id) FROM (SELECT id FROM dailies.responses WHERE id > \(after) ORDER BY id LIMIT \(limit)) AS page")
        ).one().decode(at: 0, as: Int64?.self)
        guard let last else { return nil }
        let files = try await pool.query(
            PostgresQuery(
                named: "reconcile.named_files",
                """
                SELECT r.id, CASE WHEN r.submitted_at BETWEEN now() - interval '1 day' AND now() THEN 'optional' ELSE 'recording' END, r.recording_key
                FROM dailies.responses r WHERE r.id > \(after) AND r.id <= \(last)
                UNION ALL
                SELECT a.response_id, 'artifact', a.key FROM dailies.artifacts a WHERE a.response_id > \(after) AND a.response_id <= \(last)
                UNION ALL
                SELECT w.response_id, 'optional', file.key
                FROM dailies.withdrawn_reviews w
                CROSS JOIN LATERAL jsonb_path_query(w.report::jsonb, '$.artifacts.**.file ? (@.type() == "string")') AS found (file)
                CROSS JOIN LATERAL (SELECT found.file #>> '{}' AS key) AS file
                WHERE w.response_id > \(after) AND w.response_id <= \(last)
                """)
        ).decode((Int64.self, String.self, String.self))
        return (
            files.compactMap { id, kind, key in NamedFile.Kind(rawValue: kind).map { NamedFile(responseID: id, kind: $0, key: key) } }, last
        )
    }
}
