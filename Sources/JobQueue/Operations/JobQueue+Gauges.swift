import Postgres

extension JobQueue {
    /// Reads the gauges, in one statement and one snapshot.
    public func gauges() async throws -> QueueGauges {
        let most = Int64(QueueGauges.mostCounted)
        let rows = try await pool.transaction { connection in
            // The planner does not expect the limits to be reached early. It would spend seconds on compiling code, and would scan whole
            // tables as long as they are small.
            try await connection.execute(PostgresQuery(named: "jobs.gauges_plan", "SET LOCAL jit = off"))
            try await connection.execute(PostgresQuery(named: "jobs.gauges_plan_by_index", "SET LOCAL enable_seqscan = off"))
            return try await connection.query(
                PostgresQuery(
                    named: "jobs.gauges",
                    """
                    -- The kinds of each lane, by one index step each. Each is counted from its beginning and not from its floor, because this
                    -- tells people what waits, and not where workers look for it.
                    WITH RECURSIVE lines (lane, kind) AS (
                        SELECT l.lane, (SELECT min(j.kind) FROM dailies.jobs j WHERE j.lane = l.lane)
                        -- Scheduled jobs too: those whose time has come wait, although no claim has taken them into their lane yet.
                        FROM (SELECT lane FROM dailies.lanes UNION ALL SELECT 1000::smallint) AS l
                        UNION ALL
                        SELECT lane, (SELECT min(j.kind) FROM dailies.jobs j WHERE j.lane = lines.lane AND j.kind > lines.kind)
                        FROM lines WHERE kind IS NOT NULL
                    ), waiting AS MATERIALIZED (
                        SELECT counted.* FROM lines l, LATERAL (
                            SELECT these.priority, count(*) AS jobs, min(these.since) AS oldest FROM (
                                SELECT j.priority, CASE WHEN j.state = 'scheduled' THEN j.due_at ELSE coalesce(j.waits_since, j.created_at) END AS since
                                FROM dailies.jobs j
                                WHERE j.lane = l.lane AND j.kind = l.kind AND j.state <> 'running'
                                  AND j.due_at <= CASE WHEN l.lane = 1000 THEN now() ELSE 'infinity' END
                                ORDER BY j.due_at, j.id LIMIT \(most)) AS these
                            GROUP BY these.priority) AS counted
                        WHERE l.kind IS NOT NULL
                    )
                    SELECT 'available' AS what, NULL::smallint AS priority, coalesce(sum(jobs), 0)::float8 AS value FROM waiting
                    UNION ALL
                    SELECT 'running', NULL, count(*)::float8 FROM dailies.claims c, unnest(c.job_ids) AS id
                    JOIN dailies.jobs j USING (id) WHERE j.state = 'running' AND j.worker_id = c.worker_id
                    UNION ALL
                    SELECT 'scheduled', NULL, coalesce(sum(counted.jobs), 0)::float8 FROM lines l, LATERAL (
                        SELECT count(*) AS jobs FROM (
                            SELECT FROM dailies.jobs j WHERE j.lane = l.lane AND j.kind = l.kind AND j.due_at > now()
                            ORDER BY j.due_at, j.id LIMIT \(most)) AS these) AS counted
                    WHERE l.lane = 1000 AND l.kind IS NOT NULL
                    UNION ALL
                    SELECT 'oldest', priority, extract(epoch FROM now() - min(oldest))::float8 FROM waiting GROUP BY priority
                    UNION ALL
                    SELECT 'workers', NULL, count(*)::float8 FROM dailies.workers WHERE beaten_at >= now() - lease
                    UNION ALL
                    SELECT 'slots', NULL, coalesce(sum(slots), 0)::float8 FROM dailies.workers WHERE beaten_at >= now() - lease
                    """))
        }
        var gauges = QueueGauges(jobs: [:], oldestWaiting: [:], workers: 0, slots: 0)
        for (what, priority, value) in try rows.decode((String.self, Int16?.self, Double.self)) {
            switch what {
            case "oldest": gauges.oldestWaiting[Int(priority ?? 0)] = max(0, value)
            case "workers": gauges.workers = Int(value)
            case "slots": gauges.slots = Int(value)
            default: gauges.jobs[what] = Int(value)
            }
        }
        return gauges
    }
}
