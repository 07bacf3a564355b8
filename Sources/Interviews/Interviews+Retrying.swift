import Postgres

extension Interviews {
    /// Puts discarded and cancelled jobs back into the queue, under the same id, with new budgets of failures and crashes, and takes back
    /// what their earlier ending wrote, in one transaction: for an inspection the verdict that only said that the inspector died or ran out
    /// of time (the answer is `processing` again, and the outbox tells other programs), for a rendition the word that there will be none.
    /// A completed job is never put back, because its effects are there. This is the only way in which failed work is tried again by hand.
    /// - Parameters:
    ///   - reason: kept in the jobs' timelines.
    ///   - reviewer: who asks, for the trail; `nil` for a person at the command line.
    /// - Returns: the jobs that are back, in order; the others were not to be put back.
    public func retry(jobs ids: [Int64], reason: String, by reviewer: Int64? = nil) async throws -> [Int64] {
        try await pool.transaction { connection in
            try await connection.query(
                PostgresQuery(named: "jobs.retry_work", "SELECT * FROM dailies.retry_work(\(ids), \(reason), \(reviewer))"), as: Int64.self)
        }
    }
}
