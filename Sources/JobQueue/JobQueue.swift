public import FoundationEssentials
public import Postgres

/// The jobs of one database: every statement of a job's life, as one method each. What they mean stands beside their SQL, in
/// the migration `0002_jobs.sql`.
///
/// Each method throws `PostgresError` when the database refuses or is away, and `JobQueueError` where its documentation says
/// so. Methods that end or give back a claim take a connection, so that they run in the caller's transaction.
public struct JobQueue: Sendable {
    /// The channel on which inserted jobs are announced.
    public static let channel = "dailies_jobs"

    let pool: PostgresPool

    public init(pool: PostgresPool) {
        self.pool = pool
    }

    /// Enters a worker among the living, for as long as it beats.
    /// - Parameter lease: without a beat for this long, the worker is dead.
    public func register(name: String, version: String, slots: Int, lease: Duration) async throws -> UUID {
        try await pool.query(
            PostgresQuery(
                named: "workers.register",
                "INSERT INTO dailies.workers (name, version, slots, lease) VALUES (\(name), \(version), \(slots), \(lease)) RETURNING id")
        ).one().decode("id")
    }

    /// Inserts jobs, in one statement and with one notification at most. Responses bring their jobs along by themselves; this is
    /// for everything else.
    /// - Parameters:
    ///   - payloads: each a JSON object as text.
    ///   - connection: in a transaction, if the jobs belong to something that is written with them.
    public func insert(kind: String, payloads: [String], in connection: PostgresConnection) async throws {
        try await connection.execute(
            PostgresQuery(
                named: "jobs.insert",
                "INSERT INTO dailies.jobs (kind, payload) SELECT \(kind), payload::jsonb FROM unnest(\(payloads)::text[]) AS payload"))
    }

    /// Says how many jobs a worker runs at once.
    func announce(slots: Int, of worker: UUID) async throws {
        try await pool.execute(PostgresQuery(named: "workers.slots", "UPDATE dailies.workers SET slots = \(slots) WHERE id = \(worker)"))
    }

    /// Takes up to `limit` jobs, the most urgent first.
    /// - Parameter asksForMore: whether workers are to be told of the next job if there is none.
    /// - Throws: `JobQueueError.leaseLost` when the worker is no longer among the living.
    public func claim(worker: UUID, kinds: [String], limit: Int, asksForMore: Bool = true) async throws -> [JobClaim] {
        do {
            return try await pool.query(
                PostgresQuery(
                    named: "jobs.claim",
                    """
                    SELECT id, kind, payload::text, attempt, failures, crashes, max_attempts, claim_id, claimed_at - created_at
                    FROM dailies.claim_jobs(\(worker), \(kinds), \(limit)::integer, \(asksForMore))
                    """)
            ).decode(JobClaim.self)
        } catch {
            throw error.sqlState == .leaseOver ? JobQueueError.leaseLost : error
        }
    }

    /// How a claim is ended for good.
    public enum Ending: String, Sendable {
        case completed, discarded, cancelled
    }

    /// Ends a claim. Call it in the transaction that writes the job's results.
    /// - Throws: `JobQueueError.claimLost`; then the transaction has to be given up.
    public func end(_ claim: JobClaim, as ending: Ending, reason: String? = nil, in connection: PostgresConnection) async throws {
        let query = PostgresQuery(
            named: "jobs.end", "SELECT dailies.end_job(\(claim.id), \(claim.attempt)::integer, \(ending.rawValue), \(reason))")
        try await fenced(query, claim, in: connection)
    }

    /// Completes claims together: all of them, or none. Call it in the transaction that writes the jobs' results.
    /// - Throws: `JobQueueError.claimLost` when one of them is no longer held; then the transaction has to be given up. Also when
    ///   somebody else keeps a row locked for a second, so that one job's trouble does not become everybody's.
    public func complete(_ claims: [JobClaim], in connection: PostgresConnection) async throws {
        guard let first = claims.first else { return }
        let patience = claims.count > 1 ? "1s" : "0"
        let query = PostgresQuery(
            named: "jobs.complete",
            """
            SELECT set_config('lock_timeout', \(patience), true),
                   dailies.complete_jobs(\(claims.map(\.id)), \(claims.map { Int32($0.attempt) }))
            """)
        try await fenced(query, first, in: connection)
    }

    /// What an attempt that is given back counts as.
    public enum PuttingBack: String, Sendable {
        /// A fault of ours.
        case retried
        /// The inspector died.
        case crashed
        /// The infrastructure was away: counts as nothing.
        case snoozed
        /// The worker stops: counts as nothing.
        case released
    }

    /// Gives a claim back.
    /// - Parameter delay: the job is available again after this long by the database's clock; zero: at once.
    /// - Throws: `JobQueueError.claimLost`.
    public func putBack(
        _ claim: JobClaim, as how: PuttingBack, after delay: Duration, reason: String?, in connection: PostgresConnection
    ) async throws {
        let query = PostgresQuery(
            named: "jobs.put_back",
            "SELECT dailies.put_back_job(\(claim.id), \(claim.attempt)::integer, \(how.rawValue), \(delay), \(reason))")
        try await fenced(query, claim, in: connection)
    }

    /// Where a claim stands; to be asked when a COMMIT's outcome is unknown.
    public func standing(of claim: JobClaim) async throws -> ClaimStanding {
        let row = try await pool.query(
            PostgresQuery(
                named: "jobs.standing",
                """
                SELECT EXISTS (SELECT FROM dailies.jobs
                               WHERE id = \(claim.id) AND attempt = \(claim.attempt) AND state = 'running') AS held,
                       EXISTS (SELECT FROM dailies.job_history
                               WHERE id = \(claim.id) AND attempt = \(claim.attempt)) AS ended
                """)
        ).one()
        if try row.decode("held", as: Bool.self) { return .held }
        return try row.decode("ended", as: Bool.self) ? .ended : .lost
    }

    /// Takes a worker that stops in order off the list; whatever it still holds is available again.
    public func leave(worker: UUID) async throws { try await leave(worker: worker, doneWith: []) }

    /// - Parameter rows: those of the worker's claims that need not be searched for what is left of them.
    func leave(worker: UUID, doneWith rows: [Int64]) async throws {
        try await pool.execute(
            PostgresQuery(
                named: "workers.leave",
                """
                WITH first AS MATERIALIZED (SELECT dailies.forget_claims(\(worker), \(rows)) AS forgotten)
                SELECT dailies.leave_worker(\(worker)) FROM first WHERE forgotten >= 0
                """))
    }

    /// How many jobs stand where.
    public func counts() async throws -> QueueCounts {
        try await pool.query(
            PostgresQuery(
                named: "jobs.counts",
                """
                SELECT count(*) FILTER (WHERE state = 'available') AS available,
                       count(*) FILTER (WHERE state = 'running') AS running,
                       count(*) FILTER (WHERE state = 'scheduled') AS scheduled,
                       (SELECT count(*) FROM dailies.job_history
                        WHERE outcome = 'completed' AND ended_at > now() - interval '1 day') AS completed,
                       (SELECT count(*) FROM dailies.job_history
                        WHERE outcome = 'discarded' AND ended_at > now() - interval '1 day') AS discarded,
                       (SELECT count(*) FROM dailies.job_history
                        WHERE outcome = 'cancelled' AND ended_at > now() - interval '1 day') AS cancelled,
                       extract(epoch FROM now() - min(created_at) FILTER (WHERE state = 'available'))::float8 AS oldest,
                       (SELECT count(*) FROM dailies.workers WHERE beaten_at >= now() - lease) AS workers
                FROM dailies.jobs
                """)
        ).decode(QueueCounts.self)[0]
    }

    private func fenced(_ query: PostgresQuery, _ claim: JobClaim, in connection: PostgresConnection) async throws {
        do {
            try await connection.execute(query)
        } catch {
            throw error.sqlState == .claimNotHeld ? JobQueueError.claimLost(claim) : error
        }
    }
}

extension SQLState {
    /// Raised by the queue's functions: the job and attempt named match no running job.
    static let claimNotHeld = SQLState(rawValue: "DJ001")
    /// Raised by `claim_jobs`: the worker is not among the living.
    static let leaseOver = SQLState(rawValue: "DJ002")
}
