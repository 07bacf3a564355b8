import Foundation
import Interviews
import JobQueue
import Postgres
import Recordings
import TestSupport
import Testing

@testable import ReviewSite

/// Putting the job of a failed recording back, by a program and on the page.
@Suite("A failed recording", .tags(.database))
struct RetryTests {
    /// Gives up the job of the test site's first answer, as a worker does whose inspector has died twice.
    private static func giveUp(_ testSite: TestSite) async throws -> JobClaim {
        let (queue, answer) = (JobQueue(pool: testSite.pool), testSite.answers[0])
        try await testSite.pool.execute("DELETE FROM dailies.review_records WHERE response_id = \(answer)")
        let worker = try await queue.register(name: "worker", version: "1", slots: 8, lease: .seconds(3600))
        let claims = try await queue.claim(worker: worker, kinds: ["inspect_response"], limit: 8)
        let claim = try #require(claims.first { String(decoding: $0.payload, as: UTF8.self).contains(": \(answer)") })
        let report = Report.unusable(UnusableReason(.inspectorDied), container: Container(format: "webm"))
        try await testSite.pool.transaction { connection in
            try await Interviews(pool: testSite.pool).record(report, forResponse: answer, in: connection)
            try await queue.end(claim, as: .discarded, reason: "qqq-evidence", in: connection)
        }
        return claim
    }

    /// What the database has of it: whether it waits, its budgets, the answer's status, and who retried it according to the trail.
    private static func state(_ testSite: TestSite, _ job: Int64) async throws -> String {
        try await testSite.pool.query(
            """
            SELECT concat_ws(' ',
                (SELECT 'waits ' || j.failures || j.crashes FROM dailies.jobs j WHERE j.id = \(job)),
                (SELECT c.status FROM dailies.current_answers c WHERE c.response_id = \(testSite.answers[0])),
                (SELECT string_agg(r.name, ' ') FROM dailies.audit_events e JOIN dailies.reviewers r ON r.id = e.reviewer_id
                 WHERE e.action = 'job.retried'))
            """
        ).one().decode(at: 0)
    }

    @Test("is retried by an admin's program, once, and is then no failure any more")
    func byProgram() async throws {
        try await TestSite.with { testSite in
            let job = try await Self.giveUp(testSite).id
            let program = try await testSite.program(of: testSite.ines)
            #expect(try await Self.state(testSite, job) == "unusable")
            #expect(try await program.get("/api/v1/operations").text.contains("\"job_id\":\(job)"))

            let done = try await program.send("POST", "/api/v1/jobs/\(job)/retry")
            #expect(done.status == 204 && done.body.isEmpty)
            #expect(try await Self.state(testSite, job) == "waits 00 processing Ines")
            #expect(try await program.get("/api/v1/operations").text.contains(#""failures":[]"#))
            #expect(try await program.get("/api/v1/answers/\(testSite.answers[0])").text.contains(#""status":"processing""#))

            let again = try await program.send("POST", "/api/v1/jobs/\(job)/retry")
            #expect(again.status == 404, "it waits already")
            #expect(try await Self.state(testSite, job) == "waits 00 processing Ines")
        }
    }

    @Test("is retried by the button beside it")
    func byPage() async throws {
        try await TestSite.with { testSite in
            let job = try await Self.giveUp(testSite).id
            let session = try await testSite.accounts.beginSession(of: testSite.ines, for: .seconds(3600), inPlaceOf: nil)
            let browser = testSite.client.with(("Cookie", "dailies=\(session.text)"), ("Accept", "text/html"))
            let page = try await browser.get("/health").text
            #expect(page.contains("qqq-evidence"))
            let action = /action="(\/health\/jobs\/\d+\/retry)"><input type="hidden" name="csrf_token" value="([^"]+)"/
            let form = try #require(page.firstMatch(of: action))
            #expect(form.output.1 == "/health/jobs/\(job)/retry")

            let typed = [("Content-Type", "application/x-www-form-urlencoded")]
            let done = try await browser.send("POST", String(form.output.1), typed, body: "csrf_token=\(form.output.2)")
            #expect(done.status == 303 && done.header("location") == "/health")
            #expect(try await Self.state(testSite, job) == "waits 00 processing Ines")
            #expect(try await browser.get("/health").text.contains("Nothing failed"))
            let again = try await browser.send("POST", String(form.output.1), typed, body: "csrf_token=\(form.output.2)")
            #expect(again.status == 404 && again.header("content-type")?.hasPrefix("text/html") == true)
        }
    }

    @Test("that could not be rendered is awaited again, and the trail says by whom")
    func rendition() async throws {
        try await TestSite.with { testSite in
            let answer = testSite.answers[0]
            let job: Int64 = try await testSite.pool.query(
                """
                WITH refused AS (
                    INSERT INTO dailies.renditions (response_id, status, why, ended_at) VALUES (\(answer), 'impossible', 'no encoder', now())
                    RETURNING response_id
                ), job AS (
                    INSERT INTO dailies.jobs (kind, payload) SELECT 'render_response', jsonb_build_object('response_id', response_id) FROM refused
                    RETURNING id
                )
                SELECT id FROM job
                """
            ).one().decode(at: 0)
            try await testSite.pool.execute("SELECT dailies.stop_jobs(ARRAY[\(job)], 'discarded', 'no encoder')")
            let program = try await testSite.program(of: testSite.ines)
            #expect(try await program.send("POST", "/api/v1/jobs/\(job)/retry").status == 204)
            let status: String = try await testSite.pool.query("SELECT status FROM dailies.renditions").one().decode(at: 0)
            #expect(status == "waiting")
            #expect(try await Self.state(testSite, job) == "waits 00 reviewable Ines")
        }
    }
}
