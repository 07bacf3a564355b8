import Postgres

extension JobQueue {
    /// The newest jobs that match a filter, live and ended ones, the newest first. A job that a person retried is listed once, with its
    /// present status. Of a payload larger than a kilobyte only the beginning is read.
    public func jobs(_ filter: JobFilter = JobFilter(), limit: Int) async throws -> [JobRecord] {
        try await pool.query(PostgresQuery(named: "jobs.list", Self.selection(filter, limit: limit))).decode(JobRecord.self)
    }

    /// One job; `nil` when there is no job with this id, or its day was dropped from the history.
    public func job(_ id: Int64) async throws -> JobRecord? {
        let query: PostgresQuery = "\(fragment: Self.records(limit: 1, payload: "payload::text", "id = \(id)", "h.id = \(id)")) ORDER BY id"
        return try await pool.query(PostgresQuery(named: "jobs.show", query)).decode(JobRecord.self).first
    }

    /// A job's whole timeline, the oldest first.
    public func timeline(of id: Int64) async throws -> [JobEvent] {
        try await pool.query(
            PostgresQuery(
                named: "jobs.timeline",
                """
                SELECT e.attempt, e.worker, e."from", e."to", e.outcome, e.count, e.error
                FROM (
                    SELECT timeline FROM dailies.jobs WHERE id = \(id)
                    UNION ALL
                    (SELECT dailies.whole_timeline(h) FROM dailies.job_history h WHERE h.id = \(id) ORDER BY h.attempt DESC, h.ended_at DESC LIMIT 1)
                    LIMIT 1
                ) AS job,
                ROWS FROM (jsonb_to_recordset(job.timeline)
                    AS (attempt integer, worker text, "from" timestamptz, "to" timestamptz, outcome text, count integer, error text)) WITH ORDINALITY AS e
                ORDER BY e.ordinality
                """)
        ).decode(JobEvent.self)
    }

    static func selection(_ filter: JobFilter, limit: Int) -> PostgresQuery {
        let statuses = filter.statuses.map(\.rawValue).sorted()
        let (kind, reason, worker) = (filter.kind, filter.reason, filter.worker)
        let (older, newer) = (filter.olderThan, filter.newerThan)
        func common(lastError: PostgresQuery) -> PostgresQuery {
            """
            (\(kind)::text IS NULL OR kind = \(kind))
            AND (\(older)::interval IS NULL OR created_at <= now() - \(older))
            AND (\(newer)::interval IS NULL OR created_at >= now() - \(newer))
            AND (\(reason)::text IS NULL OR strpos(lower(\(fragment: lastError)), lower(\(reason))) > 0)
            """
        }
        // Said in words of its own, so that the planner knows that the index of what did not complete will do.
        let completed: PostgresQuery = filter.statuses.contains(.completed) ? "true" : "outcome <> 'completed'"
        let had: PostgresQuery = "EXISTS (SELECT FROM jsonb_array_elements(timeline) AS e WHERE starts_with(e ->> 'worker', \(worker)))"
        return """
            \(fragment: records(
                limit: limit, payload: beginningOfPayload,
                """
                state = ANY (\(statuses)) AND \(fragment: common(lastError: lastErrorOfLive))
                AND (\(worker)::text IS NULL OR \(fragment: had)
                     OR worker_id IN (SELECT w.id FROM dailies.workers w WHERE starts_with(w.name, \(worker))))
                """,
                """
                outcome = ANY (\(statuses)) AND \(fragment: completed)
                AND \(fragment: common(lastError: lastErrorOfEnded))
                AND (\(worker)::text IS NULL OR starts_with(h.worker, \(worker)) OR \(fragment: had))
                """))
            ORDER BY id DESC LIMIT \(limit)
            """
    }

    /// A list need not show more. The size is looked at first, because writing a payload as text costs the more, the larger it is.
    private static let beginningOfPayload: PostgresQuery =
        "CASE WHEN pg_column_size(payload) > 1000 THEN left(payload::text, 1000) || '…' ELSE payload::text END"
    private static let lastErrorOfLive: PostgresQuery = "timeline -> -1 ->> 'error'"
    private static let lastErrorOfEnded: PostgresQuery = "CASE WHEN h.claimed_at IS NULL THEN timeline -> -1 ->> 'error' ELSE h.error END"

    /// Live jobs that meet one condition, and ended jobs (their latest ending) that meet another. It reads at most `limit` of each, from the
    /// newest on, so that a large backlog or history costs nothing unless a condition searches it.
    /// - Parameter payload: the payload as text, or its beginning.
    private static func records(limit: Int, payload: PostgresQuery, _ live: PostgresQuery, _ ended: PostgresQuery) -> PostgresQuery {
        """
        SELECT * FROM (
            (SELECT id, kind, state AS status, \(fragment: payload) AS payload, priority::integer AS priority, fair_key, attempt, failures,
                    crashes, created_at, CASE WHEN state = 'scheduled' THEN due_at END AS due_at, claimed_at,
                    (SELECT w.name FROM dailies.workers w WHERE w.id = worker_id) AS worker,
                    EXISTS (SELECT FROM dailies.job_stops s WHERE s.job_id = jobs.id) AS is_to_stop, NULL::timestamptz AS ended_at,
                    \(fragment: lastErrorOfLive) AS last_error, clock_timestamp() AS read_at
             FROM dailies.jobs WHERE \(fragment: live)
             ORDER BY id DESC LIMIT \(limit))
            UNION ALL
            (SELECT id, kind, outcome AS status, \(fragment: payload) AS payload, priority::integer AS priority, fair_key, attempt, failures,
                    crashes, created_at, NULL::timestamptz AS due_at, NULL::timestamptz AS claimed_at, NULL::text AS worker,
                    false AS is_to_stop, ended_at, \(fragment: lastErrorOfEnded) AS last_error, clock_timestamp() AS read_at
             FROM dailies.job_history h WHERE \(fragment: ended)
               AND NOT EXISTS (SELECT FROM dailies.jobs j WHERE j.id = h.id)
               AND NOT EXISTS (SELECT FROM dailies.job_history l
                               -- What comes later ended later: earlier days need not be searched.
                               WHERE l.id = h.id AND l.ended_at >= h.ended_at AND (l.attempt, l.ended_at) > (h.attempt, h.ended_at))
             ORDER BY id DESC LIMIT \(limit))
        ) AS records
        """
    }
}
