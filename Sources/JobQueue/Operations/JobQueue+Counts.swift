import Postgres

extension JobQueue {
    /// Above this size the jobs of the last day are not counted: some hundred thousand rows, read in a tenth of a second.
    static let largestCountedHistory = 64 << 20

    /// How many jobs are in each state. Live jobs are counted up to ``QueueGauges/mostCounted`` of each kind and priority, ended ones as long
    /// as the history of the last two days is small. Beyond that the number is estimated from a sample.
    public func counts() async throws -> QueueCounts { try await counts(largestHistory: Self.largestCountedHistory) }

    /// - Parameters:
    ///   - most: how many live jobs of a state are counted; more are estimated.
    ///   - bytes: how large the history of the last two days may be to be counted.
    func counts(exactUpTo most: Int = QueueGauges.mostCounted, largestHistory bytes: Int) async throws -> QueueCounts {
        let gauges = try await gauges()
        var counts = QueueCounts(
            available: gauges.jobs["available"] ?? 0, running: gauges.jobs["running"] ?? 0, scheduled: gauges.jobs["scheduled"] ?? 0,
            completed: 0, discarded: 0, cancelled: 0, oldestWaitingSeconds: gauges.oldestWaiting.values.max(), workers: gauges.workers,
            estimated: [])
        if max(counts.available, counts.scheduled) >= most {
            let (available, scheduled) = try await estimateLive()
            if counts.available >= most {
                counts.available = max(available, counts.available)
                counts.estimated.append(.available)
            }
            if counts.scheduled >= most {
                counts.scheduled = max(scheduled, counts.scheduled)
                counts.estimated.append(.scheduled)
            }
        }
        let history = try await historyBytes()
        if history <= bytes {
            (counts.completed, counts.discarded, counts.cancelled) = try await countEnded(.all)
            return counts
        }
        let sample = try await estimateEnded(in: history)
        counts.completed = sample.completed
        counts.estimated.append(.completed)
        // The few that failed are always counted, so that none is missing from a sample.
        (_, counts.discarded, counts.cancelled) = try await countEnded(.unfinished(most: most))
        if counts.discarded + counts.cancelled >= most {
            (counts.discarded, counts.cancelled) = (max(sample.discarded, counts.discarded), max(sample.cancelled, counts.cancelled))
            counts.estimated += [.discarded, .cancelled]
        }
        return counts
    }

    /// Whether a job of these kinds has not ended, and whether a job runs. It costs next to nothing, however many there are.
    public func presence(of kinds: [String]) async throws -> (ofLiveJobs: Bool, ofRunningJobs: Bool) {
        try await pool.query(
            PostgresQuery(
                named: "jobs.presence",
                """
                -- In the index's order, so that each is one step down the index, and not a search through a table of dead rows.
                SELECT EXISTS (SELECT FROM (SELECT lane FROM dailies.lanes UNION ALL SELECT 1000::smallint) AS l
                               CROSS JOIN unnest(\(kinds)::text[]) AS wanted (kind),
                               LATERAL (SELECT FROM dailies.jobs j WHERE j.lane = l.lane AND j.kind = wanted.kind
                                        ORDER BY j.due_at, j.id LIMIT 1) AS first),
                       EXISTS (SELECT FROM dailies.claims c, unnest(c.job_ids) AS id JOIN dailies.jobs j USING (id)
                               WHERE j.state = 'running' AND j.worker_id = c.worker_id)
                """)
        ).decode((Bool.self, Bool.self)).map { (ofLiveJobs: $0, ofRunningJobs: $1) }[0]
    }

    /// How many jobs of other kinds have not ended, counted up to ``QueueGauges/mostCounted``.
    public func liveJobs(ofOtherKindsThan kinds: [String]) async throws -> Int {
        try await pool.query(
            PostgresQuery(
                named: "jobs.other_kinds",
                """
                SELECT count(*) FROM (
                    SELECT FROM dailies.jobs WHERE kind <> ALL (\(kinds)::text[]) LIMIT \(Int64(QueueGauges.mostCounted))) AS these
                """)
        ).one().decode(at: 0)
    }

    /// Two thousand pages of the table, or all of it.
    private func estimateLive() async throws -> (available: Int, scheduled: Int) {
        let share: Double = try await pool.query(
            PostgresQuery(
                named: "jobs.sample_share",
                """
                SELECT least(1, 2000.0 * current_setting('block_size')::bigint / greatest(1, pg_relation_size('dailies.jobs')))::float8
                """)
        ).one().decode(at: 0)
        let (available, scheduled) = try await pool.query(
            PostgresQuery(
                named: "jobs.sample",
                """
                SELECT count(*) FILTER (WHERE state = 'available' OR state = 'scheduled' AND due_at <= now()),
                       count(*) FILTER (WHERE state = 'scheduled' AND due_at > now())
                FROM dailies.jobs TABLESAMPLE SYSTEM (\(share * 100)::real)
                """)
        ).decode((Int.self, Int.self))[0]
        return (Int(Double(available) / share), Int(Double(scheduled) / share))
    }

    /// The size of the partitions that hold the last 24 hours, and of the default one.
    private func historyBytes() async throws -> Int {
        try await pool.query(
            PostgresQuery(
                named: "jobs.history_bytes",
                """
                SELECT coalesce(sum(pg_relation_size(i.inhrelid)), 0)::bigint
                FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
                WHERE i.inhparent = 'dailies.job_history'::regclass
                  AND (c.relname = 'job_history_default'
                       OR c.relname >= 'job_history_' || to_char(now() AT TIME ZONE 'UTC' - interval '1 day', 'YYYYMMDD'))
                """)
        ).one().decode(at: 0)
    }

    private enum EndedJobs {
        case all
        /// At most so many that did not complete, by the index of these.
        case unfinished(most: Int)
    }

    private func countEnded(_ jobs: EndedJobs) async throws -> (completed: Int, discarded: Int, cancelled: Int) {
        let (name, source): (String, PostgresQuery) =
            switch jobs {
            case .all: ("jobs.ended", "SELECT outcome FROM dailies.job_history WHERE ended_at > now() - interval '1 day'")
            case .unfinished(let most):
                (
                    "jobs.unfinished",
                    """
                    SELECT outcome FROM dailies.job_history
                    WHERE outcome <> 'completed' AND ended_at > now() - interval '1 day' LIMIT \(most)
                    """
                )
            }
        return try await pool.query(PostgresQuery(named: name, "\(fragment: Self.outcomes) FROM (\(fragment: source)) AS ended"))
            .decode((Int.self, Int.self, Int.self)).map { (completed: $0, discarded: $1, cancelled: $2) }[0]
    }

    private static let outcomes: PostgresQuery = """
        SELECT count(*) FILTER (WHERE outcome = 'completed'), count(*) FILTER (WHERE outcome = 'discarded'),
               count(*) FILTER (WHERE outcome = 'cancelled')
        """

    /// A sample of about eight megabytes.
    private func estimateEnded(in bytes: Int) async throws -> (completed: Int, discarded: Int, cancelled: Int) {
        let share = min(1, Double(8 << 20) / Double(max(1, bytes)))
        let (completed, discarded, cancelled) = try await pool.query(
            PostgresQuery(
                named: "jobs.ended_sample",
                """
                \(fragment: Self.outcomes)
                FROM dailies.job_history TABLESAMPLE SYSTEM (\(share * 100)::real) WHERE ended_at > now() - interval '1 day'
                """)
        ).decode((Int.self, Int.self, Int.self))[0]
        func whole(_ sampled: Int) -> Int { Int(Double(sampled) / share) }
        return (whole(completed), whole(discarded), whole(cancelled))
    }
}
