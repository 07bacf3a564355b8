import Interviews
import Postgres
import Recordings
import Reviews
import TestSupport
import Testing

/// A database with one role of two questions, an admin, and two reviewers who review it.
struct Panel {
    let pool: PostgresPool
    let interviews: Interviews
    let reviews: Reviews
    let admin: Viewer
    let rosa: Viewer
    let sam: Viewer

    static let role = definition("baker")

    static func definition(_ slug: String) -> RoleDefinition {
        RoleDefinition(
            role: slug, title: "Baker",
            questions: [question("bread", "How do you bake bread?"), question("rolls", "How do you shape rolls?")])
    }

    static func question(_ key: String, _ prompt: String) -> RoleDefinition.Question {
        RoleDefinition.Question(
            key: key, prompt: prompt, keyPoints: ["flour", "time"], anchors: .init(one: "guesses", three: "knows", five: "explains"))
    }

    static func with(_ body: (Panel) async throws -> Void) async throws {
        try await TestDatabase.withDatabase { conninfo in
            let pool = PostgresPool(PostgresConfiguration(conninfo), limit: 8)
            // With the site's own rights: what the rules of fairness forbid, the database forbids it.
            let site = PostgresPool(PostgresConfiguration(DatabaseAccount.site.reaching(conninfo)), limit: 8)
            let interviews = Interviews(pool: pool)
            _ = try await interviews.load(role)
            let panel = Panel(
                pool: pool, interviews: interviews, reviews: Reviews(pool: site),
                admin: try await account("Ines", .admin, in: pool), rosa: try await account("Rosa", .reviewer, in: pool),
                sam: try await account("Sam", .reviewer, in: pool))
            try await panel.assign(panel.rosa)
            try await panel.assign(panel.sam)
            try await body(panel)
            await pool.close()
            await site.close()
        }
    }

    static func account(_ name: String, _ access: Viewer.Access, in pool: PostgresPool) async throws -> Viewer {
        let id: Int64 = try await pool.query(
            """
            INSERT INTO dailies.reviewers (email, name, access) VALUES (\("\(name.lowercased())@team.example"), \(name), \(access.rawValue))
            RETURNING id
            """
        ).one().decode("id")
        return Viewer(reviewerID: id, access: access)
    }

    func assign(_ viewer: Viewer, to role: String = "baker") async throws {
        try await pool.execute(
            "INSERT INTO dailies.role_reviewers (role_id, reviewer_id) SELECT id, \(viewer.reviewerID) FROM dailies.roles WHERE slug = \(role)"
        )
    }

    /// The role's settings, past the API: what the rules do is asked of the API.
    func set(blind: Bool = false, others: String = "after_own", adminsFollow: Bool = true) async throws {
        try await pool.execute(
            """
            INSERT INTO dailies.role_settings (role_id, blind, others_ratings, admins_follow_rule)
            SELECT id, \(blind), \(others), \(adminsFollow) FROM dailies.roles WHERE slug = 'baker'
            ON CONFLICT (role_id) DO UPDATE
            SET blind = excluded.blind, others_ratings = excluded.others_ratings, admins_follow_rule = excluded.admins_follow_rule
            """)
    }

    /// An answer of a candidate who can be told apart from everything else in a text.
    func submit(_ candidate: String, _ question: String = "bread", role: String = "baker", take: Int = 1) async throws -> Int64 {
        try await interviews.submit(
            Submission(
                role: role, question: question, candidateName: "Zyx \(candidate)",
                candidateEmail: "zyx.\(candidate.lowercased())@mail.example",
                recordingKey: "recordings/zyx-\(candidate)-\(question)-\(take).webm"))
    }

    func record(_ report: Report, for response: Int64) async throws {
        let interviews = interviews
        try await pool.transaction { connection in try await interviews.record(report, forResponse: response, in: connection) }
    }

    /// An answer that can be watched: 60 s, of which 5 are silent.
    func answer(
        _ candidate: String, _ question: String = "bread", role: String = "baker", take: Int = 1, flags: [Flag] = []
    ) async throws -> Int64 {
        let response = try await submit(candidate, question, role: role, take: take)
        try await record(Self.report(flags: flags), for: response)
        return response
    }

    static func report(flags: [Flag] = []) -> Report {
        let hash = String(repeating: "a", count: 64)
        return Report(
            outcome: .usable, container: Container(format: "webm"), durationMs: 60_000, durationSource: .packets,
            audio: AudioTrack(
                codec: "opus", channels: 1, sampleRate: 48_000, startMs: 0, endMs: 60_000,
                silences: [Span(fromMs: 0, toMs: 2_000), Span(fromMs: 30_000, toMs: 33_000)]),
            flags: flags,
            artifacts: ReportArtifacts(
                poster: Poster(
                    file: ArtifactFile(file: "artifacts/aa/x.jpg", mediaType: "image/jpeg", bytes: 10, sha256: hash), width: 640,
                    height: 480,
                    atMs: 0)))
    }

    func interview(of response: Int64) async throws -> Int64 {
        try await pool.query("SELECT interview_id FROM dailies.responses WHERE id = \(response)").one().decode(at: 0)
    }

    func value<Value: PostgresDecodable>(_ query: PostgresQuery, as type: Value.Type = Value.self) async throws -> Value {
        try await pool.query(query).one().decode(at: 0)
    }
}
