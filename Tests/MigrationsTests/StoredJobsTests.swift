import Migrations
import Postgres
import TestSupport
import Testing

/// The bounds of jobs come to a database that has jobs outside of them.
@Suite(.tags(.database), .timeLimit(.minutes(5)))
struct StoredJobsTests {
    @Test func `Jobs of before that break a bound are mended or discarded, so that the queue goes on`() async throws {
        try await TestDatabase.withDatabase(migrated: false) { conninfo in
            let connection = try await PostgresConnection.connect(conninfo)
            _ = try await Migrator(Migrations.all.filter { $0.number < 12 }).apply(on: connection)
            try await connection.script(
                """
                INSERT INTO dailies.lanes VALUES (-3), (1000), (10);
                INSERT INTO dailies.jobs (kind, payload, priority, lane, created_at, due_at) VALUES
                    ('inspect_response', '{"response_id": "abc"}', 0, 0, 'infinity', now()), ('render_response', '{}', 0, 0, now(), now()),
                    ('noop', (SELECT jsonb_object_agg(n, md5(n::text)) FROM generate_series(1, 9000) AS n), 0, 0, now(), now()),
                    ('noop', '{}', 10, 10, 'infinity', '-infinity'), ('noop', '{}', 1000, 1000, now(), now()), ('noop', '{}', -3, -3, now(), now()),
                    ('inspect_response', '{"response_id": 7}', 0, 0, now(), now());
                """)
            _ = try await Migrator().apply(on: connection)
            let discarded = try await connection.query(
                "SELECT id FROM dailies.job_history WHERE outcome = 'discarded' ORDER BY id", as: Int64.self)
            #expect(discarded == [1, 2, 3])
            let left = try await connection.query(
                "SELECT id FROM dailies.jobs WHERE isfinite(created_at) AND isfinite(due_at) ORDER BY id", as: Int64.self)
            #expect(left == [4, 5, 6, 7])
            let priorities = try await connection.query("SELECT priority::bigint FROM dailies.jobs ORDER BY id", as: Int64.self)
            #expect(priorities == [10, 100, 0, 0])
            let lanes = try await connection.query("SELECT lane::bigint FROM dailies.lanes ORDER BY lane", as: Int64.self)
            #expect(lanes == [0, 10, 100])
            try await connection.script("INSERT INTO dailies.workers (name, version, slots) VALUES ('w', '1', 1)")
            let claimed = try await connection.query(
                "SELECT id FROM dailies.claim_jobs((SELECT id FROM dailies.workers), '{noop, inspect_response}', 8) ORDER BY id",
                as: Int64.self)
            #expect(claimed == [4, 5, 6, 7])
        }
    }
}
