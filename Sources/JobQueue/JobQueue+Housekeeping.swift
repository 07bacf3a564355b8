internal import FoundationEssentials
import Postgres

/// What every worker does for all: each of these may be called by anyone at any time.
extension JobQueue {
    /// What a round of housekeeping found.
    struct Housekeeping: Sendable {
        /// Workers that were buried because they stopped beating, with the number of jobs that each had.
        var buried: [(worker: String, jobs: Int)] = []
        /// Which of the worker's own jobs people want stopped.
        var stops: [StopRequest] = []
        /// How many jobs the database said the worker had, and it did not.
        var released = 0
    }

    /// One round, in one statement: buries dead workers, heeds stops, gives back what the worker is said to hold and does not, looks for
    /// jobs before the place where claims begin to look, and tells workers of jobs that wait.
    /// - Parameters:
    ///   - held: the jobs that the worker knows it has.
    ///   - rows: those of its claims with all of whose jobs it is done.
    ///   - kinds: of jobs that somebody may have to be told of.
    func keepHouse(worker: UUID, held: [Int64], doneWith rows: [Int64] = [], telling kinds: [String] = []) async throws -> Housekeeping {
        let rows = try await pool.query(
            PostgresQuery(
                named: "workers.keep_house",
                """
                SELECT 'buried', worker_name, jobs_rescued, NULL FROM dailies.rescue_jobs()
                UNION ALL SELECT how, NULL, job_id, why FROM dailies.obey_stop_requests(\(worker))
                UNION ALL SELECT 'forgotten', NULL, dailies.forget_claims(\(worker), \(rows)), NULL
                UNION ALL SELECT 'released', NULL, dailies.release_unheld_jobs(\(worker), \(held)), NULL
                UNION ALL SELECT 'lowered', NULL, dailies.sweep_floors(), NULL
                UNION ALL SELECT 'told', NULL, dailies.announce_waiting_jobs(\(kinds))::integer, NULL
                """))
        var found = Housekeeping()
        for (what, name, number, why) in try rows.decode((String.self, String?.self, Int64.self, String?.self)) {
            switch what {
            case "buried": found.buried.append((name ?? "", Int(number)))
            case "released": found.released = Int(number)
            case "forgotten", "lowered", "told": break
            default: found.stops.append(StopRequest(job: number, how: what, reason: why ?? ""))
            }
        }
        return found
    }

    /// Makes the history's partitions of the coming week and drops those that are over, at most once however many workers ask.
    /// - Parameter retention: days that ended longer ago than this go.
    /// - Returns: how many days went.
    public func keepHistory(for retention: Duration) async throws -> Int {
        try await pool.query(
            PostgresQuery(
                named: "jobs.keep_history",
                "SELECT dailies.prepare_job_history(), dailies.forget_turns(), dailies.drop_job_history(\(retention))")
        ).one().decode(at: 2)
    }
}
