import Interviews
import Postgres
import Recordings
import TestSupport
import Testing

@Suite(.tags(.database))
struct ResponseTests {
    @Test func `handing the same recording in again gives the same response and no second job`() async throws {
        try await RoleDatabase.with { fixture in
            let first = try await fixture.interviews.submit(fixture.submission())
            let again = try await fixture.interviews.submit(fixture.submission("1", email: " ADA@example.org "))
            #expect(first == again)
            let jobs: Int = try await fixture.value("SELECT count(*) FROM dailies.jobs")
            #expect(jobs == 1)
        }
    }

    @Test func `every spelling of a candidate's address is the same candidate, and what cannot be seen in one is refused`() async throws {
        try await RoleDatabase.with { fixture in
            let first = try await fixture.interviews.submit(fixture.submission(email: "\u{e9}va@example.org"))
            for email in ["e\u{301}va@example.org", "\u{e9}va@EXAMPLE.org.", "\t\u{e9}va@example.org\r\n"] {
                #expect(try await fixture.interviews.submit(fixture.submission(email: email)) == first, "\(email.debugDescription)")
            }
            for email in ["\u{e9}va\u{200B}@example.org", "\u{e9}va\u{A0}@example.org", "ｅva@example.org", "eva", ""] {
                let error = await #expect(throws: InterviewsError.self, "\(email.debugDescription)") {
                    _ = try await fixture.interviews.submit(fixture.submission(email: email))
                }
                #expect(error?.code == .invalidCandidate)
            }
            let candidates: Int = try await fixture.value("SELECT count(*) FROM dailies.candidates")
            #expect(candidates == 1)
        }
    }

    @Test func `another recording of the same answer is a new take, counted one by one however many arrive together`() async throws {
        try await RoleDatabase.with { fixture in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...8 {
                    let submission = fixture.submission(key: "recordings/\(number).webm")
                    let interviews = fixture.interviews
                    group.addTask { _ = try await interviews.submit(submission) }
                }
                try await group.waitForAll()
            }
            let takes = try await fixture.pool.query("SELECT take FROM dailies.responses ORDER BY take")
                .map { row in try row.decode(at: 0, as: Int.self) }
            #expect(takes == Array(1...8))
            let candidates: Int = try await fixture.value("SELECT count(*) FROM dailies.candidates")
            #expect(candidates == 1)
        }
    }

    @Test func `an answer waits for the disk, also where the program that inserts it does not want to`() async throws {
        try await RoleDatabase.with { fixture in
            _ = try await fixture.interviews.submit(fixture.submission())
            for wish in ["off", "local", "remote_apply"] {
                let inEffect = try await fixture.pool.transaction { connection in
                    try await connection.execute("SELECT set_config('synchronous_commit', \(wish), true)")
                    try await connection.execute(
                        """
                        INSERT INTO dailies.responses (interview_id, question_id, recording_key)
                        SELECT i.id, q.id, \("recordings/\(wish).webm") FROM dailies.interviews i, dailies.questions q WHERE q.position = 2
                        """)
                    return try await connection.query("SHOW synchronous_commit").one().decode(at: 0, as: String.self)
                }
                #expect(inEffect == (wish == "remote_apply" ? wish : "on"))
            }
        }
    }

    @Test func `one statement with many rows enqueues a job for each, fresh before bulk`() async throws {
        try await RoleDatabase.with { fixture in
            _ = try await fixture.interviews.submit(fixture.submission())
            try await fixture.pool.execute(
                """
                INSERT INTO dailies.responses (interview_id, question_id, recording_key, bulk)
                SELECT i.id, q.id, 'recordings/bulk-' || n, true
                FROM dailies.interviews i, dailies.questions q, generate_series(1, 5) n WHERE q.position = 2
                """)
            let priorities = try await fixture.pool.query("SELECT priority FROM dailies.jobs ORDER BY id")
                .map { row in try row.decode(at: 0, as: Int.self) }
            #expect(priorities == [0, 10, 10, 10, 10, 10])
        }
    }

    @Test(
        arguments: [
            ("butcher", "1", InterviewsError.Code.unknownRole), ("baker", "3", .unknownQuestion), ("baker", "cakes", .unknownQuestion),
        ])
    func `a role or question that is not there is said in words`(role: String, question: String, code: InterviewsError.Code) async throws {
        try await RoleDatabase.with { fixture in
            var submission = fixture.submission(question)
            submission.role = role
            let error = await #expect(throws: InterviewsError.self) { try await fixture.interviews.submit(submission) }
            #expect(error?.code == code)
        }
    }

    @Test func `an address that is none is refused without being repeated`() async throws {
        try await RoleDatabase.with { fixture in
            let error = await #expect(throws: InterviewsError.self) {
                try await fixture.interviews.submit(fixture.submission(email: "secret person"))
            }
            #expect(error?.code == .invalidCandidate)
            #expect(error?.description.contains("secret") == false)
        }
    }

    @Test func `an answer goes only to a question of its interview's role`() async throws {
        try await RoleDatabase.with { fixture in
            _ = try await fixture.interviews.submit(fixture.submission())
            var other = RoleDatabase.role
            other.role = "butcher"
            _ = try await fixture.interviews.load(other)
            let error = await #expect(throws: PostgresError.self) {
                try await fixture.pool.execute(
                    """
                    INSERT INTO dailies.responses (interview_id, question_id, recording_key)
                    SELECT i.id, q.id, 'x' FROM dailies.interviews i, dailies.questions q JOIN dailies.roles r ON r.id = q.role_id
                    WHERE r.slug = 'butcher' LIMIT 1
                    """)
            }
            #expect(error?.sqlState?.rawValue == "DA003")
        }
    }

    @Test func `a response that was accepted is never changed`() async throws {
        try await RoleDatabase.with { fixture in
            _ = try await fixture.interviews.submit(fixture.submission())
            let error = await #expect(throws: PostgresError.self) {
                try await fixture.pool.execute("UPDATE dailies.responses SET recording_key = 'other'")
            }
            #expect(error?.sqlState?.rawValue == "DA001")
        }
    }

    @Test func `a candidate who is deleted takes everything of theirs along`() async throws {
        try await RoleDatabase.with { fixture in
            let id = try await fixture.interviews.submit(fixture.submission())
            try await fixture.record(.unusable(UnusableReason(.empty), container: Container()), forResponse: id)
            try await fixture.pool.execute("DELETE FROM dailies.candidates")
            let left: Int = try await fixture.value(
                "SELECT (SELECT count(*) FROM dailies.responses) + (SELECT count(*) FROM dailies.review_records)")
            #expect(left == 0)
        }
    }
}
