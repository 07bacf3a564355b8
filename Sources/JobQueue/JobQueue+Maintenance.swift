internal import FoundationEssentials
import Postgres

/// Maintenance of the queue, which workers do in turn. Every worker may call each method at any time.
extension JobQueue {
    /// What a round of maintenance found.
    struct MaintenanceResult: Sendable {
        /// Workers that were declared dead because they stopped beating, with the number of jobs that were rescued from each.
        var deadWorkers: [(worker: String, jobs: Int)] = []
        /// Requests to stop jobs of this worker.
        var stops: [StopRequest] = []
        /// How many jobs were put back because the database counted them as this worker's and the worker did not have them.
        var released = 0
        /// Whether jobs wait that workers were told of.
        var jobsWait = false
    }

    /// One round of maintenance, in one statement. It declares workers dead and rescues their jobs, reads stop requests, puts back jobs that
    /// the database counts as this worker's and the worker does not have, finds jobs before the place where claims begin to search, and
    /// notifies workers of waiting jobs.
    /// - Parameters:
    ///   - held: the jobs that the worker has.
    ///   - rows: rows of `dailies.claims` whose jobs have all ended.
    ///   - kinds: kinds of jobs to notify workers of.
    func runMaintenance(worker: UUID, held: [Int64], doneWith rows: [Int64] = [], announcing kinds: [String] = []) async throws
        -> MaintenanceResult
    {
        let rows = try await pool.query(
            PostgresQuery(
                named: "workers.maintain",
                """
                SELECT 'rescued', worker_name, jobs_rescued, NULL FROM dailies.rescue_jobs()
                UNION ALL SELECT how, NULL, job_id, why FROM dailies.obey_stop_requests(\(worker))
                UNION ALL SELECT 'forgotten', NULL, dailies.forget_claims(\(worker), \(rows)), NULL
                UNION ALL SELECT 'released', NULL, dailies.release_unheld_jobs(\(worker), \(held)), NULL
                UNION ALL SELECT 'lowered', NULL, dailies.sweep_floors(), NULL
                UNION ALL SELECT 'announced', NULL, dailies.announce_waiting_jobs(\(kinds))::integer, NULL
                """))
        var found = MaintenanceResult()
        for (what, name, number, why) in try rows.decode((String.self, String?.self, Int64.self, String?.self)) {
            switch what {
            case "rescued": found.deadWorkers.append((name ?? "", Int(number)))
            case "released": found.released = Int(number)
            case "announced": found.jobsWait = number > 0
            case "forgotten", "lowered": break
            default: found.stops.append(StopRequest(job: number, how: what, reason: why ?? ""))
            }
        }
        return found
    }

    /// Moves stored times after the database's clock was set back. One caller does it, once; for all others it costs next to nothing.
    /// - Returns: by how many seconds the clock was set back, if this call moved the times, otherwise `nil`; and whether the history has no
    ///   partition for the next day, because the clock went forward.
    func followClock() async throws -> (setBack: Int?, lacksHistory: Bool) {
        try await pool.query(
            PostgresQuery(
                named: "clock.follow",
                "SELECT (SELECT sum(seconds)::bigint FROM dailies.follow_clock() AS seconds), dailies.lacks_job_history()")
        ).decode((Int?.self, Bool.self)).map { (setBack: $0, lacksHistory: $1) }[0]
    }

    /// Makes the history's partitions for the coming week.
    func prepareHistory() async throws {
        try await pool.execute(PostgresQuery(named: "jobs.prepare_history", "SELECT dailies.prepare_job_history()"))
    }

    /// Makes the history's partitions for the coming week and drops those that are too old, at most ``mostDaysDropped``. If several workers
    /// call this at once, it is done once.
    /// - Parameter retention: days that ended longer ago than this are dropped.
    /// - Returns: how many days were dropped. If they are ``mostDaysDropped``, there may be more.
    public func keepHistory(for retention: Duration) async throws -> Int {
        try await pool.query(
            PostgresQuery(
                named: "jobs.keep_history",
                "SELECT dailies.prepare_job_history(), dailies.forget_turns(), dailies.drop_job_history(\(retention))")
        ).one().decode(at: 2)
    }

    /// How many days of the history `drop_job_history` drops at once.
    static let mostDaysDropped = 10
}
