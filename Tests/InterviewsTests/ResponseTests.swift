import Interviews
import Postgres
import Recordings
import TestSupport
import Testing

@Suite(.tags(.database))
struct ResponseTests {
    @Test func `handing the same recording in again gives the same response and no second job`() async throws {
        try await House.with { house in
            let first = try await house.interviews.submit(house.submission())
            let again = try await house.interviews.submit(house.submission("1", email: " ADA@example.org "))
            #expect(first == again)
            let jobs: Int = try await house.value("SELECT count(*) FROM dailies.jobs")
            #expect(jobs == 1)
        }
    }

    @Test func `another recording of the same answer is a new take, counted one by one however many arrive together`() async throws {
        try await House.with { house in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 1...8 {
                    let submission = house.submission(key: "recordings/\(number).webm")
                    let interviews = house.interviews
                    group.addTask { _ = try await interviews.submit(submission) }
                }
                try await group.waitForAll()
            }
            let takes = try await house.pool.query("SELECT take FROM dailies.responses ORDER BY take")
                .map { row in try row.decode(at: 0, as: Int.self) }
            #expect(takes == Array(1...8))
            let candidates: Int = try await house.value("SELECT count(*) FROM dailies.candidates")
            #expect(candidates == 1)
        }
    }

    @Test func `one statement with many rows enqueues a job for each, fresh before bulk`() async throws {
        try await House.with { house in
            _ = try await house.interviews.submit(house.submission())
            try await house.pool.execute(
                """
                INSERT INTO dailies.responses (interview_id, question_id, recording_key, bulk)
                SELECT i.id, q.id, 'recordings/bulk-' || n, true
                FROM dailies.interviews i, dailies.questions q, generate_series(1, 5) n WHERE q.position = 2
                """)
            let priorities = try await house.pool.query("SELECT priority FROM dailies.jobs ORDER BY id")
                .map { row in try row.decode(at: 0, as: Int.self) }
            #expect(priorities == [0, 10, 10, 10, 10, 10])
        }
    }

    @Test(
        arguments: [
            ("butcher", "1", InterviewsError.Code.unknownRole), ("baker", "3", .unknownQuestion), ("baker", "cakes", .unknownQuestion),
        ])
    func `a role or question that is not there is said in words`(role: String, question: String, code: InterviewsError.Code) async throws {
        try await House.with { house in
            var submission = house.submission(question)
            submission.role = role
            let error = await #expect(throws: InterviewsError.self) { try await house.interviews.submit(submission) }
            #expect(error?.code == code)
        }
    }

    @Test func `an address that is none is refused without being repeated`() async throws {
        try await House.with { house in
            let error = await #expect(throws: InterviewsError.self) {
                try await house.interviews.submit(house.submission(email: "secret person"))
            }
            #expect(error?.code == .invalidCandidate)
            #expect(error?.description.contains("secret") == false)
        }
    }

    @Test func `an answer goes only to a question of its interview's role`() async throws {
        try await House.with { house in
            _ = try await house.interviews.submit(house.submission())
            var other = House.role
            other.role = "butcher"
            _ = try await house.interviews.load(other)
            let error = await #expect(throws: PostgresError.self) {
                try await house.pool.execute(
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
        try await House.with { house in
            _ = try await house.interviews.submit(house.submission())
            let error = await #expect(throws: PostgresError.self) {
                try await house.pool.execute("UPDATE dailies.responses SET recording_key = 'other'")
            }
            #expect(error?.sqlState?.rawValue == "DA001")
        }
    }

    @Test func `a candidate who is deleted takes everything of theirs along`() async throws {
        try await House.with { house in
            let id = try await house.interviews.submit(house.submission())
            try await house.record(.unusable(UnusableReason(.empty), container: Container()), forResponse: id)
            try await house.pool.execute("DELETE FROM dailies.candidates")
            let left: Int = try await house.value(
                "SELECT (SELECT count(*) FROM dailies.responses) + (SELECT count(*) FROM dailies.review_records)")
            #expect(left == 0)
        }
    }
}
