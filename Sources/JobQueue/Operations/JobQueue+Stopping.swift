import FoundationEssentials
import Postgres

extension JobQueue {
    /// The channel on which wishes to stop running jobs are announced.
    public static let stopChannel = "dailies_stops"

    /// How a person ends a job.
    public enum Stopping: String, Sendable {
        /// No longer wanted.
        case cancelled
        /// Given up.
        case discarded
    }

    /// What became of a job that was to be stopped.
    public enum Stopped: String, Sendable, Hashable, Encodable {
        /// Nobody ran it: it is in the history.
        case ended
        /// It runs, and its worker was told. Asking again shows what came of it.
        case asked
        /// It had ended before.
        case over
        /// There is no such job.
        case unknown
    }

    /// Stops jobs by hand. Jobs that wait end at once. Running ones are stopped by their workers, within a second also where
    /// notifications do not arrive; one that completes before that has completed.
    /// - Parameter reason: kept in the jobs' timelines.
    public func stop(_ ids: [Int64], as how: Stopping, reason: String) async throws -> [(id: Int64, became: Stopped)] {
        try await pool.transaction(attempts: 3) { connection in
            try await connection.query(
                PostgresQuery(
                    named: "jobs.stop", "SELECT job_id, became FROM dailies.stop_jobs(\(ids), \(how.rawValue), \(reason))")
            ).decode((Int64.self, String.self)).map { (id: $0, became: Stopped(rawValue: $1) ?? .unknown) }
        }
    }

    /// Which jobs of a worker people want stopped, and ends those that came back before their worker could heed the wish.
    func stopRequests(for worker: UUID) async throws -> [StopRequest] {
        try await pool.query(
            PostgresQuery(named: "jobs.obey_stop_requests", "SELECT job_id, how, why FROM dailies.obey_stop_requests(\(worker))")
        )
        .decode((Int64.self, String.self, String.self))
        .map { StopRequest(job: $0, how: $1, reason: $2) }
    }
}
