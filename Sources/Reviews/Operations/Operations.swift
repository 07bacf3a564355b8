public import JobQueue
import Postgres

/// The state of the queue and the failed recordings, for admins.
public struct Operations: Hashable, Sendable, Encodable {
    public var queue: QueueCounts
    /// The last 48 hours, the present one last.
    public var hours: [QueueHour]
    /// At most 200, the newest first.
    public var failures: [FailedRecording]
}

extension Reviews {
    /// - Throws: `ReviewsError.adminsOnly`, and what the database says.
    public func operations(viewer: Viewer) async throws -> Operations {
        try await requireAdmin(viewer)
        let queue = JobQueue(pool: pool)
        async let counts = queue.counts()
        async let hours = queue.hours(48)
        async let failures = failedRecordings(viewer: viewer)
        return Operations(queue: try await counts, hours: try await hours, failures: try await failures)
    }

    func requireAdmin(_ viewer: Viewer) async throws {
        let found = try await pool.query(
            PostgresQuery(
                named: "reviews.admin",
                "SELECT 1 FROM dailies.reviewers WHERE id = \(viewer.reviewerID) AND access = 'admin' AND disabled_at IS NULL"))
        guard !found.isEmpty else { throw ReviewsError.adminsOnly }
    }
}
