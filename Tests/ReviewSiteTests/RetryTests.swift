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
    /// Gives up the job of the house's first answer, as a worker does whose inspector has died twice.
    private static func giveUp(_ house: House) async throws -> JobClaim {
        let (queue, answer) = (JobQueue(pool: house.pool), house.answers[0])
        try await house.pool.execute("DELETE FROM dailies.review_records WHERE response_id = \(answer)")
        let worker = try await queue.register(name: "worker", version: "1", slots: 8, lease: .seconds(3600))
        let claims = try await queue.claim(worker: worker, kinds: ["inspect_response"], limit: 8)
        let claim = try #require(claims.first { String(decoding: $0.payload, as: UTF8.self).contains(": \(answer)") })
        let report = Report.unusable(UnusableReason(.inspectorDied), container: Container(format: "webm"))
        try await house.pool.transaction { connection in
            try await Interviews(pool: house.pool).record(report, forResponse: answer, in: connection)
            try await queue.end(claim, as: .discarded, reason: "qqq-evidence", in: connection)
        }
        return claim
    }

    /// What the database has of it: whether it waits, its budgets, the answer's status, and by whom the trail says it was put back.
    private static func state(_ house: House, _ job: Int64) async throws -> String {
        try await house.pool.query(
            """
            SELECT concat_ws(' ',
                (SELECT 'waits ' || j.failures || j.crashes FROM dailies.jobs j WHERE j.id = \(job)),
                (SELECT c.status FROM dailies.current_answers c WHERE c.response_id = \(house.answers[0])),
                (SELECT string_agg(r.name, ' ') FROM dailies.audit_events e JOIN dailies.reviewers r ON r.id = e.reviewer_id
                 WHERE e.action = 'job.retried'))
            """
        ).one().decode(at: 0)
    }

    @Test("is put back by an admin's program, once, and is then no failure any more")
    func byProgram() async throws {
        try await House.with { house in
            let job = try await Self.giveUp(house).id
            let program = try await house.program(of: house.ines)
            #expect(try await Self.state(house, job) == "unusable")
            #expect(try await program.get("/api/v1/operations").text.contains("\"job_id\":\(job)"))

            let done = try await program.send("POST", "/api/v1/jobs/\(job)/retry")
            #expect(done.status == 204 && done.body.isEmpty)
            #expect(try await Self.state(house, job) == "waits 00 processing Ines")
            #expect(try await program.get("/api/v1/operations").text.contains(#""failures":[]"#))
            #expect(try await program.get("/api/v1/answers/\(house.answers[0])").text.contains(#""status":"processing""#))

            let again = try await program.send("POST", "/api/v1/jobs/\(job)/retry")
            #expect(again.status == 404, "it waits already")
            #expect(try await Self.state(house, job) == "waits 00 processing Ines")
        }
    }

    @Test("is put back by the button beside it, whose form holds all that it takes")
    func byPage() async throws {
        try await House.with { house in
            let job = try await Self.giveUp(house).id
            let session = try await house.accounts.beginSession(of: house.ines, for: .seconds(3600), inPlaceOf: nil)
            let browser = house.client.with(("Cookie", "dailies=\(session.text)"), ("Accept", "text/html"))
            let page = try await browser.get("/health").text
            #expect(page.contains("qqq-evidence"))
            let action = /action="(\/health\/jobs\/\d+\/retry)"><input type="hidden" name="csrf_token" value="([^"]+)"/
            let form = try #require(page.firstMatch(of: action))
            #expect(form.output.1 == "/health/jobs/\(job)/retry")

            let typed = [("Content-Type", "application/x-www-form-urlencoded")]
            let done = try await browser.send("POST", String(form.output.1), typed, body: "csrf_token=\(form.output.2)")
            #expect(done.status == 303 && done.header("location") == "/health")
            #expect(try await Self.state(house, job) == "waits 00 processing Ines")
            #expect(try await browser.get("/health").text.contains("Nothing failed"))
            let again = try await browser.send("POST", String(form.output.1), typed, body: "csrf_token=\(form.output.2)")
            #expect(again.status == 404 && again.header("content-type")?.hasPrefix("text/html") == true)
        }
    }
}
