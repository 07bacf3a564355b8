import Postgres
import TestSupport
import Testing

@testable import JobQueue

/// What one row may hold, so that it cannot stop the work on all others.
@Suite(.timeLimit(.minutes(5)), .tags(.database))
struct BoundsTests {
    @Test(arguments: [
        ("jobs_times_check", "created_at", "'infinity'"), ("jobs_times_check", "due_at", "'-infinity'"),
        ("jobs_priority_check", "priority", "101"), ("jobs_priority_check", "priority", "-1"),
        ("jobs_payload_limit", "payload", "jsonb_build_object('x', repeat('y', 66000))"),
        ("jobs_response_check", "payload", "'{}'"), ("jobs_response_check", "payload", #"'{"response_id": null}'"#),
        ("jobs_response_check", "payload", #"'{"response_id": "7"}'"#),
    ])
    func `a row that would stop others is refused`(constraint: String, column: String, value: String) async throws {
        try await BareQueue.with { bare in
            for kind in constraint == "jobs_response_check" ? ["inspect_response", "render_response"] : ["noop"] {
                let error = await #expect(throws: PostgresError.self) {
                    try await bare.execute(
                        PostgresQuery(verbatim: "INSERT INTO dailies.jobs (kind, \(column)) VALUES ('\(kind)', \(value))"))
                }
                #expect(error?.constraint == constraint)
            }
        }
    }

    @Test func `a time that cannot be subtracted fails no claim`() async throws {
        try await BareQueue.with { bare in
            // As in a database whose constraints somebody has dropped.
            try await bare.execute("ALTER TABLE dailies.jobs DROP CONSTRAINT jobs_times_check")
            try await bare.execute("INSERT INTO dailies.jobs (kind, created_at) VALUES ('noop', 'infinity'), ('noop', '-infinity')")
            try await bare.insert(1)
            #expect(try await bare.queue.claim(worker: bare.worker, kinds: ["noop"], limit: 8).map(\.id).sorted() == [1, 2, 3])
        }
    }

    @Test func `the history may hold a payload of before the bounds; it is not retried, and the others are`() async throws {
        try await BareQueue.with { bare in
            try await bare.execute("ALTER TABLE dailies.jobs DROP CONSTRAINT jobs_response_check, DROP CONSTRAINT jobs_times_check")
            try await bare.execute(
                """
                INSERT INTO dailies.jobs (kind, payload, created_at)
                VALUES ('inspect_response', '{"response_id": "abc"}', now()), ('inspect_response', '{"response_id": 7}', '-infinity'),
                       ('inspect_response', '{"response_id": 1.5}', now()), ('inspect_response', '{"response_id": 99999999999999999999}', now())
                """)
            _ = try await bare.queue.stop([1, 2, 3, 4], as: .discarded, reason: "test")
            let retried = try await bare.queue.pool.query("SELECT job_id FROM dailies.retry_jobs('{1, 2, 3, 4}', 'test')", as: Int64.self)
            #expect(retried == [2])
            #expect(try await bare.value("SELECT isfinite(created_at) FROM dailies.jobs") == true)
        }
    }

    @Test func `a list shows the beginning of a payload, and one job all of it`() async throws {
        try await BareQueue.with { bare in
            // Text that cannot be compressed.
            try await bare.execute(
                """
                INSERT INTO dailies.jobs (kind, payload)
                SELECT 'noop', jsonb_build_object('x', string_agg(md5(n::text), '')) FROM generate_series(1, 1500) AS n
                """)
            let listed = try #require(try await bare.queue.jobs(limit: 5).first).payload
            let whole = try #require(try await bare.queue.job(1)).payload
            #expect(listed.count == 1001 && listed.last == "…" && whole.hasPrefix(listed.dropLast()))
            #expect(whole.count > 48_000)
        }
    }

    @Test func `jobs of a worker whose row was deleted by hand are rescued`() async throws {
        try await BareQueue.with { bare in
            try await bare.insert(2)
            #expect(try await bare.claim(2) == [1, 2])
            try await bare.execute("DELETE FROM dailies.workers")
            #expect(try await bare.queue.rescue().isEmpty, "a young claim is left alone")
            try await bare.execute("UPDATE dailies.claims SET claimed_at = claimed_at - interval '1 minute'")
            // Not in every turn.
            try await until { try await bare.queue.rescue().map(\.jobs).reduce(0, +) == 2 }
            #expect(try await bare.value("SELECT count(*) FROM dailies.jobs WHERE state = 'available'") == 2)
            #expect(try await bare.value("SELECT count(*) FROM dailies.claims") == 0)
        }
    }

    @Test func `ten days of the history are dropped at once, the oldest first, until none is left`() async throws {
        try await BareQueue.with { bare in
            for day in 1...23 {
                let name = try await bare.nameOfDay(-100 - day)
                try await bare.execute(
                    PostgresQuery(
                        verbatim: """
                            CREATE TABLE dailies.\(name) PARTITION OF dailies.job_history FOR VALUES
                            FROM ((timezone('UTC', now())::date - \(100 + day))::timestamp AT TIME ZONE 'UTC')
                            TO ((timezone('UTC', now())::date - \(99 + day))::timestamp AT TIME ZONE 'UTC')
                            """))
            }
            let oldest = try await bare.nameOfDay(-123)
            var dropped: [Int] = []
            for _ in 1...4 { dropped.append(try await bare.queue.keepHistory(for: .seconds(90 * 86_400))) }
            #expect(dropped == [10, 10, 3, 0])
            #expect(try await bare.value("SELECT to_regclass('dailies.' || \(oldest)) IS NULL") == true)
        }
    }
}
