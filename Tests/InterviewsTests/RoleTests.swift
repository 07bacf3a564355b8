import Interviews
import Postgres
import TestSupport
import Testing

@Suite(.tags(.database))
struct RoleTests {
    @Test func `loading the same role again changes nothing`() async throws {
        try await RoleDatabase.with { fixture in
            let changes = try await fixture.interviews.load(RoleDatabase.role)
            #expect(changes.unchanged == ["bread", "rolls"])
            #expect(!changes.isNewRole && changes.added.isEmpty && changes.reworded.isEmpty && changes.retired.isEmpty)
            let versions: Int = try await fixture.value("SELECT count(*) FROM dailies.question_versions")
            #expect(versions == 2)
        }
    }

    @Test func `a reworded question gets a new version, and answers keep the one they were asked`() async throws {
        try await RoleDatabase.with { fixture in
            _ = try await fixture.interviews.submit(fixture.submission(key: "recordings/before.webm"))
            var role = RoleDatabase.role
            role.questions[0].prompt = "How do you bake rye bread?"
            let changes = try await fixture.interviews.load(role)
            #expect(changes.reworded == ["bread"])
            _ = try await fixture.interviews.submit(fixture.submission(key: "recordings/after.webm"))
            let versions = try await fixture.pool.query("SELECT question_version FROM dailies.responses ORDER BY id")
                .map { row in try row.decode(at: 0, as: Int.self) }
            #expect(versions == [1, 2])
        }
    }

    @Test func `questions may swap places, leave and come back`() async throws {
        try await RoleDatabase.with { fixture in
            var role = RoleDatabase.role
            role.questions.swapAt(0, 1)
            _ = try await fixture.interviews.load(role)
            let first: String = try await fixture.value("SELECT key FROM dailies.questions WHERE position = 1")
            #expect(first == "rolls")

            role.questions.removeLast()
            #expect(try await fixture.interviews.load(role).retired == ["bread"])
            await #expect(throws: InterviewsError.self) { _ = try await fixture.interviews.submit(fixture.submission("bread")) }

            let back = try await fixture.interviews.load(RoleDatabase.role)
            #expect(back.unchanged == ["bread", "rolls"])
        }
    }

    @Test func `what was asked can never be changed afterwards`() async throws {
        try await RoleDatabase.with { fixture in
            let error = await #expect(throws: PostgresError.self) {
                try await fixture.pool.execute("UPDATE dailies.question_versions SET prompt = 'Something else?'")
            }
            #expect(error?.sqlState?.rawValue == "DA001")
        }
    }

    @Test func `every problem of a definition is named at once`() async throws {
        var role = RoleDatabase.role
        role.role = "Not a slug"
        role.questions[0].key = "rolls"
        role.questions[1].keyPoints = []
        let problems = role.problems()
        #expect(problems.count == 3)
        #expect(problems.contains { $0.hasPrefix("question 2, key: \"rolls\" is used twice") })
    }

    @Test func `two people who load together do not make two versions`() async throws {
        try await RoleDatabase.with { fixture in
            var role = RoleDatabase.role
            role.questions[0].prompt = "How do you bake rye bread?"
            let interviews = fixture.interviews
            let (one, other) = (role, role)
            async let first = interviews.load(one)
            async let second = interviews.load(other)
            _ = try await (first, second)
            let versions: Int = try await fixture.value("SELECT count(*) FROM dailies.question_versions")
            #expect(versions == 3)
        }
    }
}
