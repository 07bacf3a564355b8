public import FoundationEssentials
public import Postgres

/// A job that a person has put back.
public struct RetriedJob: Sendable, Hashable {
    public var id: Int64
    public var kind: String
    /// The payload's JSON object.
    public var payload: Data
}

extension JobQueue {
    /// Puts discarded and cancelled jobs back, under the same id, with new budgets of failures and crashes. Their timelines go
    /// on, and the earlier endings stay in the history. A completed job is never put back, because its effects are there; a live
    /// one needs it not.
    /// - Parameters:
    ///   - reason: kept in the jobs' timelines.
    ///   - connection: in a transaction. What the jobs' kinds need undone first belongs into the same one, for the jobs may be claimed the
    ///     moment it commits.
    /// - Returns: the jobs that are back, in order; the others were not to be put back.
    public func retry(_ ids: [Int64], reason: String, in connection: PostgresConnection) async throws -> [RetriedJob] {
        try await connection.query(
            PostgresQuery(
                named: "jobs.retry",
                "SELECT job_id, kind, payload::text FROM dailies.retry_jobs(\(ids), \(reason)) ORDER BY job_id")
        ).decode((Int64.self, String.self, String.self)).map { RetriedJob(id: $0, kind: $1, payload: Data($2.utf8)) }
    }
}
