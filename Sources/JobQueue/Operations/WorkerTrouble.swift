import FoundationEssentials
import Postgres

/// What a live worker says keeps it from working as it should.
public struct WorkerTrouble: Sendable, Hashable, Encodable {
    /// Host and process.
    public var worker: String
    /// In words for people, with the remedy.
    public var trouble: String
}

extension JobQueue {
    /// What live workers say keeps them from working, by the workers' names.
    public func troubles() async throws -> [WorkerTrouble] {
        try await pool.query(
            PostgresQuery(
                named: "workers.troubles",
                """
                SELECT name, trouble FROM dailies.workers WHERE trouble IS NOT NULL AND beaten_at >= now() - lease ORDER BY name
                """)
        ).decode((String.self, String.self)).map { WorkerTrouble(worker: $0, trouble: $1) }
    }

    /// Writes what keeps a worker from working as it should; `nil` for nothing.
    func announce(trouble: String?, of worker: UUID) async throws {
        try await pool.execute(
            PostgresQuery(named: "workers.trouble", "UPDATE dailies.workers SET trouble = \(trouble) WHERE id = \(worker)"))
    }
}
