import Foundation
import Logging
import Postgres
import TestSupport
import Testing

/// Random histories on a real PostgreSQL, beside the model. `DAILIES_SEED=n` repeats one that failed.
@Suite(.tags(.database), .timeLimit(.minutes(10)))
struct ModelHistoryTests {
    private static let seeds: [UInt64] =
        ProcessInfo.processInfo.environment["DAILIES_SEED"].flatMap { UInt64($0) }.map { [$0] }
        // The same ones every time, and one that nobody has seen.
        ?? [1, 2, 3, 4, 5, UInt64.random(in: 6...UInt64(UInt32.max))]

    @Test(arguments: seeds)
    func `PostgreSQL and the model go the same way`(seed: UInt64) async throws {
        try await Self.run(seed: seed, steps: 150)
    }

    /// Runs a history on a database of its own, in which something may have been changed before.
    static func run(seed: UInt64, steps: Int, after change: String? = nil) async throws {
        try await TestDatabase.withDatabase { conninfo in
            var configuration = PostgresConfiguration(conninfo)
            configuration.logger.logLevel = .critical
            let pool = PostgresPool(configuration, limit: 2)
            if let change { try await pool.withConnection { connection in try await connection.script(change) } }
            var database = try await ModelDatabase(pool: pool)
            try await database.run(seed: seed, steps: steps)
            await pool.close()
        }
    }
}
