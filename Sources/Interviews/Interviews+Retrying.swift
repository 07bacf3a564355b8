import Postgres

extension Interviews {
    /// Retries discarded and cancelled jobs: puts them back into the queue, under the same id, with new budgets of failures and crashes.
    /// In the same transaction it takes back what their earlier ending wrote: for an inspection the verdict that only said that the
    /// inspector died or ran out of time (the answer is `processing` again, and the outbox tells other programs), for a rendition the word
    /// that there will be none. A completed job is never retried, because its effects are there.
    ///
    /// People retry failed work in no other way than this one. More than 10,000 jobs are retried in several transactions.
    /// - Parameters:
    ///   - reason: kept in the jobs' timelines. At most 2,000 characters.
    ///   - reviewer: who asks, for the trail; `nil` for a person at the command line.
    /// - Returns: the jobs that are back, in order; the others were neither discarded nor cancelled.
    public func retry(jobs ids: [Int64], reason: String, by reviewer: Int64? = nil) async throws -> [Int64] {
        var retried: [Int64] = []
        let ids = ids.sorted()
        for start in stride(from: 0, to: ids.count, by: Self.mostRetried) {
            let part = Array(ids[start..<min(start + Self.mostRetried, ids.count)])
            retried += try await pool.transaction { connection in
                try await connection.query(
                    PostgresQuery(named: "jobs.retry_work", "SELECT * FROM dailies.retry_work(\(part), \(reason), \(reviewer))"),
                    as: Int64.self)
            }
        }
        return retried
    }

    /// The most jobs that `retry_work` takes.
    private static let mostRetried = 10_000
}
