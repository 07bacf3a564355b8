import Postgres

/// How the queue does, at a price that does not grow with it: for metrics that many workers are asked for.
public struct QueuePulse: Sendable, Hashable {
    /// Live jobs by state: `available`, `running`, `scheduled`. Those that wait are counted up to ``mostCounted`` of each kind and priority.
    public var jobs: [String: Int]
    /// Seconds for which the first in line of each priority has waited, by the database's clock; priorities without one are left out.
    public var oldestWaiting: [Int: Double]
    /// Workers whose lease holds, and the slots that they have together.
    public var workers: Int
    public var slots: Int

    /// Enough to see that a queue is long, and counted in tens of milliseconds.
    public static let mostCounted = 100_000
}

extension JobQueue {
    /// Reads the pulse, in one statement and one snapshot.
    public func pulse() async throws -> QueuePulse {
        let most = Int64(QueuePulse.mostCounted)
        let rows = try await pool.transaction { connection in
            // The planner knows nothing of limits that are reached at once, and would compile code for seconds, or search what no
            // index is needed for as long as the tables are small.
            try await connection.execute(PostgresQuery(named: "jobs.pulse_plan", "SET LOCAL jit = off"))
            try await connection.execute(PostgresQuery(named: "jobs.pulse_plan_by_index", "SET LOCAL enable_seqscan = off"))
            return try await connection.query(
                PostgresQuery(
                    named: "jobs.pulse",
                    """
                    -- Which kinds there are in each lane, one step down the index each, and where the living of them begin.
                    WITH RECURSIVE lines (lane, kind) AS (
                        SELECT l.lane, (SELECT min(j.kind) FROM dailies.jobs j WHERE j.lane = l.lane) FROM dailies.lanes l
                        UNION ALL
                        SELECT lane, (SELECT min(j.kind) FROM dailies.jobs j WHERE j.lane = lines.lane AND j.kind > lines.kind)
                        FROM lines WHERE kind IS NOT NULL
                    ), starts AS MATERIALIZED (
                        SELECT lane, kind, coalesce(f.due_at, '-infinity') AS due_at, coalesce(f.id, 0) AS id
                        FROM lines LEFT JOIN dailies.claim_floors f USING (lane, kind) WHERE kind IS NOT NULL
                    )
                    SELECT 'available' AS what, NULL::smallint AS lane, coalesce(sum(least(waiting, \(most))), 0)::float8 AS value
                    FROM starts s, LATERAL (
                        SELECT count(*) AS waiting FROM (
                            SELECT FROM dailies.jobs j WHERE j.lane = s.lane AND j.kind = s.kind AND j.state = 'available'
                            AND (j.due_at, j.id) >= (s.due_at, s.id) LIMIT \(most)) AS these) AS counted
                    UNION ALL
                    SELECT 'running', NULL, count(*)::float8 FROM dailies.claims c, unnest(c.job_ids) AS id
                    JOIN dailies.jobs j USING (id) WHERE j.state = 'running' AND j.worker_id = c.worker_id
                    UNION ALL
                    SELECT 'scheduled', NULL, count(*)::float8 FROM (SELECT FROM dailies.jobs WHERE lane = 1000 LIMIT \(most)) AS these
                    UNION ALL
                    SELECT 'oldest', lane, extract(epoch FROM now() - min(first.created_at))::float8
                    FROM starts s, LATERAL (
                        SELECT j.created_at FROM dailies.jobs j WHERE j.lane = s.lane AND j.kind = s.kind AND j.state = 'available'
                        AND (j.due_at, j.id) >= (s.due_at, s.id) ORDER BY j.due_at, j.id LIMIT 1) AS first
                    GROUP BY lane
                    UNION ALL
                    SELECT 'workers', NULL, count(*)::float8 FROM dailies.workers WHERE beaten_at >= now() - lease
                    UNION ALL
                    SELECT 'slots', NULL, coalesce(sum(slots), 0)::float8 FROM dailies.workers WHERE beaten_at >= now() - lease
                    """))
        }
        var pulse = QueuePulse(jobs: [:], oldestWaiting: [:], workers: 0, slots: 0)
        for (what, lane, value) in try rows.decode((String.self, Int16?.self, Double.self)) {
            switch what {
            case "oldest": pulse.oldestWaiting[Int(lane ?? 0)] = max(0, value)
            case "workers": pulse.workers = Int(value)
            case "slots": pulse.slots = Int(value)
            default: pulse.jobs[what] = Int(value)
            }
        }
        return pulse
    }
}
