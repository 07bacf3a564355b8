import Foundation
import JobQueue
import LocalPostgres
import Migrations
import Postgres
import SystemPackage
import TestSupport
import Testing

/// A database that crashes right behind a claim. Claims do not wait for the disk, so the claim is lost although its worker has the answer, and
/// its attempt's number is given again.
@Suite(.tags(.database), .timeLimit(.minutes(10)))
struct DatabaseCrashTests {
    /// Two workers, of which the first has a claim that the database has lost.
    private struct Crashed {
        var queue: JobQueue
        var pool: PostgresPool
        var first: UUID
        var second: UUID
        var lost: JobClaim
    }

    @Test func `a worker whose claim was lost cannot end the same attempt of another worker`() async throws {
        try await withLostClaim { crashed in
            let (queue, lost) = (crashed.queue, crashed.lost)
            let again = try #require(try await queue.claim(worker: crashed.second, kinds: ["noop"], limit: 1).first)
            #expect((again.id, again.attempt) == (lost.id, lost.attempt), "the number has come again")
            #expect(try await queue.status(of: lost) == .lost)
            await refused { try await queue.complete([lost], in: $0) }
            await refused { try await queue.end(lost, as: .discarded, reason: "x", in: $0) }
            await refused { try await queue.putBack(lost, as: .retried, after: .zero, reason: nil, in: $0) }
            #expect(try await queue.status(of: again) == .held)

            _ = try await crashed.pool.transaction { try await queue.complete([again], in: $0) }
            #expect(try await queue.status(of: again) == .ended)
            #expect(try await queue.status(of: lost) == .lost, "that other worker's ending is not its own")

            func refused(_ body: @escaping (PostgresConnection) async throws -> Void) async {
                let error = await #expect(throws: JobQueueError.self) { try await crashed.pool.transaction { try await body($0) } }
                #expect(error?.code == .claimLost)
            }
        }
    }

    @Test func `the job of a lost claim is claimed again by the same worker, and ends once`() async throws {
        try await withLostClaim { crashed in
            let (queue, lost) = (crashed.queue, crashed.lost)
            let again = try #require(try await queue.claim(worker: crashed.first, kinds: ["noop"], limit: 1).first)
            #expect((again.id, again.attempt, again.worker) == (lost.id, lost.attempt, lost.worker))
            _ = try await crashed.pool.transaction { try await queue.complete([again], in: $0) }
            await #expect(throws: JobQueueError.self) {
                try await crashed.pool.transaction { _ = try await queue.complete([lost], in: $0) }
            }
        }
    }

    private func withLostClaim(_ body: (Crashed) async throws -> Void) async throws {
        try await TemporaryFolder.with { folder in
            // What is not waited for reaches the disk after 10 s, or when another session waits for its own commit.
            let server = LocalPostgres(
                configuration: .init(
                    folder: folder.appending("postgres"),
                    settings: ["wal_writer_delay": "10s", "wal_level": "minimal", "max_wal_senders": "0", "autovacuum": "off"]))
            let conninfo = try await server.start()
            let supervising = Task { try await server.supervise() }
            _ = try await Migrator().apply(on: PostgresConnection.connect(conninfo))
            var crashed = try await crash(folder, conninfo)
            while try await crashed.queue.status(of: crashed.lost) == .held {
                // It reached the disk all the same. Another try.
                await crashed.pool.close()
                crashed = try await crash(folder, conninfo)
            }
            try await body(crashed)
            await crashed.pool.close()
            supervising.cancel()
            try await supervising.value
            await server.stop()
        }
    }

    /// Claims a new job, kills the server, and waits until it is there again.
    private func crash(_ folder: FilePath, _ conninfo: String) async throws -> Crashed {
        let configuration = PostgresConfiguration(conninfo)
        let before = PostgresPool(configuration, limit: 1)
        var queue = JobQueue(pool: before)
        let first = try await queue.register(name: "first", version: "1", slots: 1, lease: .seconds(3600))
        let second = try await queue.register(name: "second", version: "1", slots: 1, lease: .seconds(3600))
        try await before.execute("DELETE FROM dailies.jobs")
        try await before.execute("INSERT INTO dailies.jobs (kind) VALUES ('noop')")
        let claims = try await queue.claim(worker: first, kinds: ["noop"], limit: 1)
        let killed = try #require(ProcessTree.postmaster(of: folder))
        kill(killed, SIGKILL)
        await before.close()
        let lost = try #require(claims.first)
        let pool = PostgresPool(configuration, limit: 4)
        queue = JobQueue(pool: pool)
        try await until {
            guard ProcessTree.postmaster(of: folder) != killed else { return false }
            return (try? await pool.query("SELECT 1")) != nil
        }
        return Crashed(queue: queue, pool: pool, first: first, second: second, lost: lost)
    }
}
