import Postgres

extension Interviews {
    /// Retries discarded and cancelled jobs: puts them back into the queue, under the same id, with new budgets of failures and crashes.
    /// In the same transaction it takes back what their earlier ending wrote: for an inspection the verdict that only said that the
    /// inspector died or ran out of time (the answer is `processing` again, and the outbox tells other programs), for a rendition the word
    /// that there will be none. A completed job is never retried, because its effects are there.
    ///
    /// People retry failed work in no other way than this one.
    /// - Parameters:
    ///   - reason: kept in the jobs' timelines.
    ///   - reviewer: who asks, for the trail; `nil` for a person at the command line.
    /// - Returns: the jobs that are back, in order; the others were neither discarded nor cancelled.
    public func retry(jobs ids: [Int64], reason: String, by reviewer: Int64? = nil) async throws -> [Int64] {
        try await pool.transaction { connection in
            try await connection.query(
                PostgresQuery(named: "jobs.retry_work", "SELECT * FROM dailies.retry_work(\(ids), \(reason), \(reviewer))"), as: Int64.self)
        }
    }
}
