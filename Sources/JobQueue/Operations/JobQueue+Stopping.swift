import FoundationEssentials
import Postgres

extension JobQueue {
    /// The channel on which requests to stop running jobs are announced.
    public static let stopChannel = "dailies_stops"

    /// What a person wants a stopped job to become.
    public enum StopKind: String, Sendable {
        /// The job is no longer wanted.
        case cancelled
        /// The job will never be done.
        case discarded
    }

    /// What came of a request to stop a job.
    public enum StopResult: String, Sendable, Hashable, Encodable {
        /// It was not running. It has ended now and is in the history.
        case ended
        /// It is running, and its worker was notified. List the job later to see its outcome.
        case asked
        /// It had ended before the request.
        case over
        /// There is no such job.
        case unknown
    }

    /// Stops jobs. Jobs that wait end at once. Running jobs are stopped by their workers, within a second even without notifications. A job
    /// that completes before its worker stops it counts as completed.
    /// - Parameter reason: kept in the jobs' timelines.
    public func stop(_ ids: [Int64], as how: StopKind, reason: String) async throws -> [(id: Int64, became: StopResult)] {
        try await pool.transaction { connection in
            try await connection.query(
                PostgresQuery(
                    named: "jobs.stop", "SELECT job_id, became FROM dailies.stop_jobs(\(ids), \(how.rawValue), \(reason))")
            ).decode((Int64.self, String.self)).map { (id: $0, became: StopResult(rawValue: $1) ?? .unknown) }
        }
    }

    /// Reads the stop requests for a worker's running jobs. Also ends jobs that were put back before their worker could stop them.
    func stopRequests(for worker: UUID) async throws -> [StopRequest] {
        try await pool.query(
            PostgresQuery(named: "jobs.stop_requests", "SELECT job_id, how, why FROM dailies.obey_stop_requests(\(worker))")
        )
        .decode((Int64.self, String.self, String.self))
        .map { StopRequest(job: $0, how: $1, reason: $2) }
    }
}
