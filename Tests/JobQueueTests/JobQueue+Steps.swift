import Foundation
import Postgres

@testable import JobQueue

/// The single steps of maintenance, which a worker does in one query.
extension JobQueue {
    /// Buries workers that stopped beating and makes their jobs available again.
    /// - Returns: the names of the workers that were declared dead, with the number of jobs that each had.
    func rescue() async throws -> [(worker: String, jobs: Int)] {
        try await pool.query("SELECT worker_name, jobs_rescued FROM dailies.rescue_jobs()")
            .decode((String.self, Int.self)).map { (worker: $0, jobs: $1) }
    }

    /// Gives back what the database says that the worker has held for longer than the lease and that is not among `held`.
    /// - Returns: how many.
    func releaseUnheld(worker: UUID, held: [Int64]) async throws -> Int {
        try await pool.query("SELECT dailies.release_unheld_jobs(\(worker), \(held)) AS released").one().decode("released")
    }
}
