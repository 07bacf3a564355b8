import Foundation
import Interviews
import JobQueue
import Postgres
import Recordings
import Reviews
import Storage
import TestSupport
import Testing

@testable import ReviewSite

/// Recordings that are looked into again, by a program and on the page, and those that have not arrived.
@Suite("A verdict", .tags(.database))
struct LookAgainTests {
    private static func judge(_ testSite: TestSite, _ reason: UnusableReason.Code) async throws {
        try await testSite.pool.execute("DELETE FROM dailies.review_records WHERE response_id = \(testSite.answers[0])")
        let report = Report.unusable(UnusableReason(reason), container: Container(format: "webm"))
        try await testSite.pool.transaction { connection in
            try await Interviews(pool: testSite.pool).record(report, forResponse: testSite.answers[0], in: connection)
        }
    }

    private static func jobs(_ testSite: TestSite) async throws -> Int {
        try await testSite.pool.query("SELECT count(*) FROM dailies.jobs WHERE payload ? 'again'").one().decode(at: 0)
    }

    @Test("is looked into again for an admin's program, once, and for nobody else")
    func byProgram() async throws {
        try await TestSite.with { testSite in
            try await Self.judge(testSite, .missing)
            let address = "/api/v1/answers/\(testSite.answers[0])"
            #expect(try await testSite.program(of: testSite.rosa).send("POST", address + "/reinspect").status == 403)
            #expect(try await Self.jobs(testSite) == 0)
            let program = try await testSite.program(of: testSite.ines)
            #expect(try await program.get(address).text.contains(#""is_looked_into_again":false"#))
            for _ in 1...2 { #expect(try await program.send("POST", address + "/reinspect").status == 204) }
            #expect(try await Self.jobs(testSite) == 1)
            let answer = try await program.get(address).text
            #expect(answer.contains(#""is_looked_into_again":true"#) && answer.contains(#""status":"unusable""#))
            let who: String = try await testSite.pool.query(
                """
                SELECT r.name FROM dailies.audit_events e JOIN dailies.reviewers r ON r.id = e.reviewer_id
                WHERE e.action = 'answer.reinspected'
                """
            ).one().decode(at: 0)
            #expect(who == "Ines")

            try await testSite.pool.execute("DELETE FROM dailies.review_records WHERE response_id = \(testSite.answers[1])")
            let unseen = try await program.send("POST", "/api/v1/answers/\(testSite.answers[1])/reinspect")
            #expect(unseen.status == 409, "there is nothing to take back")
        }
    }

    @Test("is looked into again by the button on its page and in the list of failures, which only admins have")
    func byPage() async throws {
        try await TestSite.with { testSite in
            try await Self.judge(testSite, .notMedia)
            let page = "/roles/baker/questions/bread/\(testSite.answers[0])"
            let action = "/responses/\(testSite.answers[0])/reinspect"
            let html = ("Accept", "text/html")
            let (ines, rosa) = (
                try await testSite.browser(of: testSite.ines).with(html), try await testSite.browser(of: testSite.rosa).with(html)
            )
            #expect(try await ines.get(page).text.contains(action))
            #expect(try await ines.get("/health").text.contains(action))
            #expect(try await !rosa.get(page).text.contains(action))
            let form = ("Content-Type", "application/x-www-form-urlencoded")
            let done = try await ines.send("POST", action, [form], body: "return_to=\(page)")
            #expect(done.status == 303 && done.header("location") == page)
            let after = try await rosa.get(page).text
            #expect(after.contains("The recording is being looked into again."))
            #expect(try await !ines.get(page).text.contains(action), "it is asked for")
        }
    }

    @Test("that is replaced leaves ratings as they are, with a remark")
    func ratings() async throws {
        try await TestSite.with { testSite in
            let answer = testSite.answers[0]
            for reviewer in [testSite.rosa, testSite.sam] {
                let viewer = Viewer(reviewerID: reviewer.id, access: .reviewer)
                try await testSite.reviews.rate(answer, .score(4), viewer: viewer)
            }
            let interviews = Interviews(pool: testSite.pool)
            _ = try await interviews.reinspect(responses: [answer], reason: "by hand")
            let report: String = try await testSite.pool.query(
                "SELECT report::text FROM dailies.review_records WHERE response_id = \(answer)"
            ).one().decode(at: 0)
            // As the account that does it.
            let conninfo = testSite.pool.configuration.connection.connectionString
            let worker = try await PostgresConnection.connect(DatabaseAccount.worker.reaching(conninfo))
            try await worker.execute("SELECT dailies.replace_review(\(answer), \(report)::json)")
            let error = await #expect(throws: PostgresError.self) {
                try await worker.execute("SELECT dailies.replace_review(\(answer), \(report)::json)")
            }
            #expect(error?.sqlState?.rawValue == "DA005", "nobody has asked for it again")

            let page = try await testSite.browser(of: testSite.rosa).with(("Accept", "text/html"))
                .get("/roles/baker/questions/bread/\(answer)").text
            #expect(page.contains("Rated before the recording was looked into again on "))
            #expect(page.contains("Sam <span class=\"faint small\">before the recording was looked into again</span>"))
            let scores: Int = try await testSite.pool.query(
                "SELECT fours FROM dailies.current_answers WHERE response_id = \(answer)"
            ).one().decode(at: 0)
            #expect(scores == 2)
        }
    }

    @Test("is not there for a recording that has not arrived: page, wall and programs say so")
    func awaited() async throws {
        try await TestSite.with { testSite in
            let answer = testSite.answers[0]
            try await testSite.pool.execute("DELETE FROM dailies.review_records WHERE response_id = \(answer)")
            try await testSite.pool.execute(
                """
                SELECT dailies.await_file(\(answer), (SELECT id FROM dailies.jobs WHERE (payload ->> 'response_id')::bigint = \(answer)), NULL)
                """)
            let program = try await testSite.program(of: testSite.rosa)
            #expect(try await program.get("/api/v1/answers/\(answer)").text.contains(#""status":"awaiting_file""#))
            #expect(try await program.get("/api/v1/roles/baker/answers").text.contains(#""standing":"awaiting_file""#))
            let browser = try await testSite.browser(of: testSite.rosa).with(("Accept", "text/html"))
            #expect(try await browser.get("/roles/baker").text.contains("Not arrived yet"))
            #expect(try await browser.get("/roles/baker/questions/bread/\(answer)").text.contains("The recording has not arrived yet."))
        }
    }
}
