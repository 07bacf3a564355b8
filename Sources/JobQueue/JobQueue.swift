public import FoundationEssentials
public import Postgres

/// The job queue of one database, with one method for each statement in a job's life. The migrations document what the statements' SQL
/// functions do.
///
/// Each method throws `PostgresError` when the database refuses or is away, and `JobQueueError` where its documentation says
/// so. Methods that end a claim or put it back take a connection, so that they run in the caller's transaction.
public struct JobQueue: Sendable {
    /// The channel on which inserted jobs are announced.
    public static let channel = "dailies_jobs"

    let pool: PostgresPool

    public init(pool: PostgresPool) {
        self.pool = pool
    }

    /// Registers a worker. It counts as live as long as it beats.
    /// - Parameter lease: without a beat for this long, the worker is dead.
    public func register(name: String, version: String, slots: Int, lease: Duration) async throws -> UUID {
        try await pool.query(
            PostgresQuery(
                named: "workers.register",
                "INSERT INTO dailies.workers (name, version, slots, lease) VALUES (\(name), \(version), \(slots), \(lease)) RETURNING id")
        ).one().decode("id")
    }

    /// Inserts jobs, in one statement and with one notification at most. A trigger inserts the jobs of responses; this method is for all
    /// other jobs.
    /// - Parameters:
    ///   - payloads: each a JSON object as text.
    ///   - connection: may be in a transaction that also writes what the jobs are about.
    public func insert(kind: String, payloads: [String], in connection: PostgresConnection) async throws {
        try await connection.execute(
            PostgresQuery(
                named: "jobs.insert",
                "INSERT INTO dailies.jobs (kind, payload) SELECT \(kind), payload::jsonb FROM unnest(\(payloads)::text[]) AS payload"))
    }

    /// Writes how many jobs a worker runs at once.
    func announce(slots: Int, of worker: UUID) async throws {
        try await pool.execute(PostgresQuery(named: "workers.slots", "UPDATE dailies.workers SET slots = \(slots) WHERE id = \(worker)"))
    }

    /// Claims up to `limit` jobs, the most urgent first.
    /// - Parameter asksForNotification: whether the next insert notifies workers, if there are fewer than `limit` jobs now.
    /// - Throws: `JobQueueError.leaseLost` when the worker is no longer live.
    public func claim(worker: UUID, kinds: [String], limit: Int, asksForNotification: Bool = true) async throws -> [JobClaim] {
        do {
            return try await pool.query(
                PostgresQuery(
                    named: "jobs.claim",
                    """
                    SELECT id, kind, payload::text, attempt, failures, crashes, max_attempts, claim_id,
                           -- Must not fail for one job, because then nobody could claim any.
                           CASE WHEN created_at BETWEEN claimed_at - interval '100 years' AND claimed_at THEN claimed_at - created_at
                                ELSE interval '0' END
                    FROM dailies.claim_jobs(\(worker), \(kinds), \(limit)::integer, \(asksForNotification))
                    """)
            ).map { row in try JobClaim(from: row, of: worker) }
        } catch let error as PostgresError where error.sqlState == .leaseOver {
            throw JobQueueError.leaseLost
        }
    }

    /// The outcome of a job.
    public enum Outcome: String, Sendable {
        case completed, discarded, cancelled
    }

    /// Ends a claim. Call it in the transaction that writes the job's results.
    /// - Throws: `JobQueueError.claimLost`; then the transaction has to be rolled back.
    public func end(_ claim: JobClaim, as outcome: Outcome, reason: String? = nil, in connection: PostgresConnection) async throws {
        let query = PostgresQuery(
            named: "jobs.end",
            "SELECT dailies.end_job(\(claim.worker), \(claim.id), \(claim.attempt)::integer, \(outcome.rawValue), \(reason))")
        try await fenced(query, claim, in: connection)
    }

    /// Completes claims of one worker together: all of them, or none. Call it in the transaction that writes the jobs' results.
    /// - Returns: the jobs' ids in the order in which their results have to be written, so that no two such transactions deadlock.
    /// - Throws: `JobQueueError.claimLost` when one of them is no longer held; then the transaction has to be rolled back. `PostgresError`
    ///   when another session keeps a row locked for a second, so that one blocked job does not block all others.
    @discardableResult
    public func complete(_ claims: [JobClaim], in connection: PostgresConnection) async throws -> [Int64] {
        guard let first = claims.first else { return [] }
        let query = PostgresQuery(
            named: "jobs.complete",
            """
            SELECT set_config('lock_timeout', '1s', true),
                   dailies.complete_jobs(\(first.worker), \(claims.map(\.id)), \(claims.map { Int32($0.attempt) }))
            """)
        return try await fenced(query, first, in: connection).one().decode(at: 1)
    }

    /// What an attempt counts as when its claim is put back.
    public enum PutBackReason: String, Sendable {
        /// A fault of ours.
        case retried
        /// The inspector died.
        case crashed
        /// The infrastructure was away: uses up no attempt.
        case snoozed
        /// The worker stops: uses up no attempt.
        case released
    }

    /// Puts a claim's job back into the queue.
    /// - Parameter delay: how long by the database's clock until the job is available again; zero for at once.
    /// - Throws: `JobQueueError.claimLost`.
    public func putBack(
        _ claim: JobClaim, as how: PutBackReason, after delay: Duration, reason: String?, in connection: PostgresConnection
    ) async throws {
        let query = PostgresQuery(
            named: "jobs.put_back",
            """
            SELECT dailies.put_back_job(\(claim.worker), \(claim.id), \(claim.attempt)::integer, \(how.rawValue), \(delay), \(reason))
            """)
        try await fenced(query, claim, in: connection)
    }

    /// Looks up whether a claim is still held. Call it when the outcome of a COMMIT is unknown.
    public func status(of claim: JobClaim) async throws -> ClaimStatus {
        let row = try await pool.query(
            PostgresQuery(
                named: "jobs.claim_status",
                """
                SELECT EXISTS (SELECT FROM dailies.jobs
                               WHERE id = \(claim.id) AND attempt = \(claim.attempt) AND worker_id = \(claim.worker)
                                 AND state = 'running') AS held,
                       EXISTS (SELECT FROM dailies.job_history
                               WHERE id = \(claim.id) AND attempt = \(claim.attempt) AND worker_id = \(claim.worker)) AS ended
                """)
        ).one()
        if try row.decode("held", as: Bool.self) { return .held }
        return try row.decode("ended", as: Bool.self) ? .ended : .lost
    }

    /// Removes a worker that stops in good order. Jobs that it still holds become available again.
    public func leave(worker: UUID) async throws { try await leave(worker: worker, doneWith: []) }

    /// - Parameter rows: rows of `dailies.claims` whose jobs have all ended; they are not searched for jobs to put back.
    func leave(worker: UUID, doneWith rows: [Int64]) async throws {
        try await pool.execute(
            PostgresQuery(
                named: "workers.leave",
                """
                WITH first AS MATERIALIZED (SELECT dailies.forget_claims(\(worker), \(rows)) AS forgotten)
                SELECT dailies.leave_worker(\(worker)) FROM first WHERE forgotten >= 0
                """))
    }

    @discardableResult
    private func fenced(_ query: PostgresQuery, _ claim: JobClaim, in connection: PostgresConnection) async throws -> PostgresRows {
        do {
            return try await connection.query(query)
        } catch {
            throw error.sqlState == .claimNotHeld ? JobQueueError.claimLost(claim) : error
        }
    }
}

extension SQLState {
    /// Raised by the queue's functions: the worker, job and attempt named match no running job.
    static let claimNotHeld = SQLState(rawValue: "DJ001")
    /// Raised by `claim_jobs`: the worker is no longer live.
    static let leaseOver = SQLState(rawValue: "DJ002")
}
