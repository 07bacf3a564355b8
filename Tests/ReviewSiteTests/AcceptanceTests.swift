import Postgres
import TestSupport
import Testing

@testable import ReviewSite

/// In which types answers are welcome.
@Suite("A response type that the request does not accept", .tags(.database))
struct AcceptanceTests {
    @Test(
        arguments: [
            (nil, true), ("", false), ("*/*", true), ("application/json", true), ("Application/JSON; charset=utf-8", true),
            ("application/*", true), ("text/html, */*;q=0.1", true), ("text/csv,application/json;q=0.2", true), ("text/html", false),
            ("application/xml, text/*", false), ("application/json;q=0", false), ("*/*, application/json; q=0.0", false),
            ("application/json;q=0, application/*", false), ("*/*;q=0, application/json", true), ("application/*;q=0, */*", false),
            ("*/*;q=0", false), ("application/problem+json", false), ("application", false), ("/*", false), (",;,", false),
        ] as [(String?, Bool)])
    func `is told from one that is`(header: String?, isWelcome: Bool) {
        #expect(Acceptance.accepts("application/json", header) == isWelcome)
    }

    @Test("is answered with 406 on every address of the API, and nothing is done")
    func refusal() async throws {
        try await TestSite.with { testSite in
            let values = try await testSite.values()
            let program = try await testSite.program(of: testSite.ines)
            for route in testSite.routes where route.isAPI {
                let isTable = route.path.hasSuffix(".csv")
                let answer = try await program.use(route, values, [("Accept", isTable ? "application/json" : "text/csv, text/html")])
                #expect(answer.status == 406 && answer.header("content-type") == "application/problem+json", "\(route)")
                #expect(answer.text.contains("Accept: \(isTable ? "text/csv" : "application/json")"), "\(route)")
                guard route.isSafe else { continue }
                let welcome = try await program.use(route, values, [("Accept", isTable ? "text/*" : "application/json")])
                #expect(welcome.status == 200 || welcome.status == 404, "\(route)")
            }
            let changes: Int = try await testSite.pool.query(
                "SELECT count(*) FROM dailies.audit_events WHERE action NOT IN ('answer.viewed', 'results.exported')"
            ).one().decode(at: 0)
            #expect(changes == 2, "only the two assignments of the test site")
        }
    }
}
