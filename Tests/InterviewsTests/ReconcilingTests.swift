import Interviews
import Postgres
import TestSupport
import Testing

/// Answers without a job and jobs without an answer, in the database alone.
@Suite(.tags(.database), .timeLimit(.minutes(5)))
struct ReconcilingTests {
    /// Inserts responses of one interview as logical replication does, or a session that an administrator told to run no trigger.
    private static func insertSilently(_ count: Int, into fixture: RoleDatabase, ago: String = "1 hour") async throws -> [Int64] {
        try await fixture.pool.transaction { connection in
            try await connection.execute("SET LOCAL session_replication_role = replica")
            return try await connection.query(
                """
                INSERT INTO dailies.responses (interview_id, question_id, role_id, question_version, take, recording_key, submitted_at)
                SELECT r.interview_id, r.question_id, r.role_id, 1, max(r.take) + n, 'uploads/' || max(r.take) + n,
                       now() - \(ago)::text::interval
                FROM dailies.responses r, generate_series(1, \(count)) AS n GROUP BY r.interview_id, r.question_id, r.role_id, n
                ORDER BY r.interview_id, n
                RETURNING id
                """, as: Int64.self)
        }
    }

    private static func withAnswer(_ body: @escaping (RoleDatabase) async throws -> Void) async throws {
        try await RoleDatabase.with { fixture in
            _ = try await fixture.interviews.submit(fixture.submission())
            try await body(fixture)
        }
    }

    @Test func `the chore gives each answer without a job one, once, and puts it on the wall`() async throws {
        try await Self.withAnswer { fixture in
            let silent = try await Self.insertSilently(3, into: fixture)
            #expect(try await fixture.value("SELECT count(*) FROM dailies.jobs") == 1)
            #expect(try await fixture.interviews.lookAfterAnswers() == silent)
            #expect(try await fixture.interviews.lookAfterAnswers() == [], "not again within a minute")
            try await fixture.pool.execute("UPDATE dailies.reconciliation SET looked_at = '-infinity'")
            #expect(try await fixture.interviews.lookAfterAnswers() == [], "each has its job")
            let jobs: [Int64] = try await fixture.pool.query(
                "SELECT (payload ->> 'response_id')::bigint FROM dailies.jobs ORDER BY 1", as: Int64.self)
            #expect(jobs == [1] + silent)
            #expect(try await fixture.value("SELECT response_id FROM dailies.current_answers") == silent[2])
            let gauges = try await fixture.interviews.reconciliation()
            #expect(gauges.jobsGiven == 3 && gauges.answersWithoutJob == 0 && gauges.secondsAgo != nil)
        }
    }

    @Test func `a look is due whatever the clock was at the last one`() async throws {
        try await Self.withAnswer { fixture in
            _ = try await fixture.interviews.lookAfterAnswers()
            let silent = try await Self.insertSilently(1, into: fixture, ago: "-1 hour")
            try await fixture.pool.execute("UPDATE dailies.reconciliation SET looked_at = now() + interval '1 hour'")
            #expect(try await fixture.interviews.lookAfterAnswers() == silent, "also one that was submitted in the future")
        }
    }

    @Test func `an answer of this minute, and one whose job was cancelled or discarded, gets none`() async throws {
        try await Self.withAnswer { fixture in
            _ = try await Self.insertSilently(1, into: fixture, ago: "10 seconds")
            let givenUp = try await Self.insertSilently(2, into: fixture)
            for (id, outcome) in zip(givenUp, ["cancelled", "discarded"]) {
                try await fixture.pool.execute(
                    """
                    INSERT INTO dailies.job_history (id, kind, payload, priority, fair_key, outcome, attempt, failures, crashes, created_at, timeline)
                    VALUES (\(1000 + id), 'inspect_response', jsonb_build_object('response_id', \(id)::bigint), 0, 1, \(outcome), 1, 0, 0, now(), '[]')
                    """)
            }
            #expect(try await fixture.interviews.lookAfterAnswers() == [])
            #expect(try await fixture.interviews.answersWithoutJob(after: nil, limit: 10) == [])
        }
    }

    @Test func `an answer that is older than the history is left to a person, who may have cancelled its job`() async throws {
        try await Self.withAnswer { fixture in
            // As in a database of last year whose history was pruned.
            try await fixture.pool.execute("UPDATE dailies.migrations SET applied_at = now() - interval '400 days'")
            let old = try await Self.insertSilently(1, into: fixture, ago: "200 days")
            #expect(try await fixture.interviews.lookAfterAnswers() == [])
            #expect(try await fixture.interviews.reconciliation().answersWithoutJob == 1)
            let found = try await fixture.interviews.answersWithoutJob(after: nil, limit: 10)
            #expect(found.map(\.responseID) == old && found.allSatisfy { !$0.isCertain })
            #expect(try await fixture.interviews.giveJobs(to: old + [1]) == old, "only where none is there")
        }
    }

    @Test func `an answer that is just being deleted holds up no other`() async throws {
        try await Self.withAnswer { fixture in
            _ = try await fixture.interviews.submit(fixture.submission(email: "grace@example.org"))
            let silent = try await Self.insertSilently(2, into: fixture)
            let other = try await PostgresConnection.connect(fixture.pool.configuration.connection)
            // Alone, and with all takes of its answer.
            for statement in ["DELETE FROM dailies.responses WHERE id = \(silent[0])", "DELETE FROM dailies.candidates WHERE id = 1"] {
                try await other.script("BEGIN; \(statement)")
                #expect(try await fixture.interviews.giveJobs(to: Array(silent[..<2])) == [], "\(statement)")
                try await other.script("ROLLBACK")
            }
            // Another program inserts one more take.
            try await other.script(
                "BEGIN; INSERT INTO dailies.responses (interview_id, question_id, recording_key) VALUES (1, 1, 'uploads/more.webm')")
            #expect(try await fixture.interviews.lookAfterAnswers() == Array(silent[2...]))
            try await other.script("COMMIT")
            #expect(try await fixture.interviews.giveJobs(to: silent) == Array(silent[..<2]))
        }
    }

    @Test func `a job is without an answer when its response is not there, or it names none`() async throws {
        try await Self.withAnswer { fixture in
            // As in a database whose constraints somebody has dropped.
            try await fixture.pool.execute("ALTER TABLE dailies.jobs DROP CONSTRAINT jobs_response_check")
            try await fixture.pool.execute(
                """
                INSERT INTO dailies.jobs (kind, payload) VALUES ('render_response', '{"response_id": 77}'), ('inspect_response', '{}'),
                    ('inspect_response', '{"response_id": "99999999999999999999"}'), ('another_kind', '{}')
                """)
            #expect(try await fixture.interviews.jobsWithoutAnswer(limit: 10) == [2, 3, 4])
            #expect(try await fixture.interviews.jobsWithoutAnswer(limit: 2) == [2, 3])
        }
    }

    @Test func `the outbox loses what is older than it keeps, in batches, and never the last day`() async throws {
        try await Self.withAnswer { fixture in
            try await fixture.pool.execute(
                """
                INSERT INTO dailies.outbox (topic, payload, created_at)
                SELECT 'response.reviewable', '{}', now() - interval '1 day' * (n % 40) FROM generate_series(1, 8000) AS n
                """)
            let month = Duration.seconds(30 * 86_400)
            while try await fixture.interviews.pruneOutbox(olderThan: month) {}
            _ = try await fixture.interviews.pruneOutbox(olderThan: month)
            #expect(try await fixture.value("SELECT count(*) FROM dailies.outbox WHERE created_at < now() - interval '30 days'") <= 1000)
            await #expect(throws: PostgresError.self) { try await fixture.interviews.pruneOutbox(olderThan: .seconds(60)) }
        }
    }

    @Test func `the files of an answer are those of its row, its record and its earlier records`() async throws {
        try await Self.withAnswer { fixture in
            _ = try await Self.insertSilently(2, into: fixture, ago: "2 days")
            try await fixture.pool.execute(
                """
                INSERT INTO dailies.withdrawn_reviews (response_id, report, recorded_at, why)
                SELECT 1, '{"artifacts": {"poster": {"file": "p"}, "storyboard": {"file": "s", "vtt": {"file": "v"}}, "playback": null}}', now(), 'x'
                """)
            let first = try #require(try await fixture.interviews.namedFiles(after: nil, responses: 2))
            #expect(first.last == 2)
            #expect(
                Set(first.files.map { "\($0.responseID) \($0.kind) \($0.key)" }) == [
                    "1 optional recordings/a.webm", "1 optional p", "1 optional s", "1 optional v", "2 recording uploads/2",
                ])
            let second = try #require(try await fixture.interviews.namedFiles(after: 2, responses: 2))
            #expect(second.files.count == 1 && second.last == 3)
            #expect(try await fixture.interviews.namedFiles(after: 3) == nil)
        }
    }
}
