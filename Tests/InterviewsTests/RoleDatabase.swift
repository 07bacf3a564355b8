import Interviews
import Postgres
import TestSupport

/// A database with one role of two questions in it.
struct RoleDatabase {
    let pool: PostgresPool
    let interviews: Interviews

    static let role = RoleDefinition(
        role: "baker", title: "Baker",
        questions: [question("bread", "How do you bake bread?"), question("rolls", "How do you shape rolls?")])

    static func question(_ key: String, _ prompt: String) -> RoleDefinition.Question {
        RoleDefinition.Question(
            key: key, prompt: prompt, keyPoints: ["flour", "time"], anchors: .init(one: "guesses", three: "knows", five: "explains"))
    }

    static func with(_ body: (RoleDatabase) async throws -> Void) async throws {
        try await TestDatabase.withDatabase { conninfo in
            let pool = PostgresPool(PostgresConfiguration(conninfo), limit: 8)
            let fixture = RoleDatabase(pool: pool, interviews: Interviews(pool: pool))
            _ = try await fixture.interviews.load(role)
            try await body(fixture)
            await pool.close()
        }
    }

    func value<Value: PostgresDecodable>(_ query: PostgresQuery, as type: Value.Type = Value.self) async throws -> Value {
        try await pool.query(query).one().decode(at: 0)
    }

    func submission(_ question: String = "bread", email: String = "ada@example.org", key: String = "recordings/a.webm") -> Submission {
        Submission(role: "baker", question: question, candidateName: "Ada", candidateEmail: email, recordingKey: key)
    }
}
