import Foundation
import Interviews
import Postgres
import Recordings
import TestSupport
import Testing

extension RoleDatabase {
    func record(_ report: Report, forResponse id: Int64) async throws {
        let interviews = interviews
        try await pool.transaction { connection in try await interviews.record(report, forResponse: id, in: connection) }
    }
}

@Suite(.tags(.database))
struct ReviewRecordTests {
    private let report = Report(
        outcome: .usable, container: Container(format: "webm"), durationMs: 14_020, durationSource: .packets,
        flags: [Flag(.micMuted, .fault, value: 1, spans: [Span(fromMs: 0, toMs: 14_020)]), Flag(.hdr, .warning)],
        artifacts: ReportArtifacts(
            poster: Poster(
                file: ArtifactFile(
                    file: "artifacts/ab/cd/x.jpg", mediaType: "image/jpeg", bytes: 10, sha256: String(repeating: "a", count: 64)),
                width: 640,
                height: 480, atMs: 0)))

    @Test func `columns, flags and artifacts are those of the report, and the answer is reviewable`() async throws {
        try await RoleDatabase.with { fixture in
            let id = try await fixture.interviews.submit(fixture.submission())
            try await fixture.record(report, forResponse: id)
            let answer = try #require(try await fixture.interviews.answers(limit: 10).first)
            #expect(answer.status == .reviewable)
            #expect(answer.durationMs == 14_020)
            #expect(answer.flags == [.micMuted, .hdr], "faults first")
            #expect(answer.artifacts == [.poster: "artifacts/ab/cd/x.jpg"])
            let counts = try await fixture.interviews.answerCounts()
            #expect((counts.processing, counts.reviewable, counts.unusable) == (0, 1, 0))
            #expect(!counts.isReviewableEstimated)
            let news: String = try await fixture.value("SELECT topic FROM dailies.outbox")
            #expect(news == "response.reviewable")
            let stored: String = try await fixture.value("SELECT report::text FROM dailies.review_records")
            #expect(try Report(json: .init(stored.utf8)) == report)
        }
    }

    @Test func `a response has one review record, once`() async throws {
        try await RoleDatabase.with { fixture in
            let id = try await fixture.interviews.submit(fixture.submission())
            try await fixture.record(report, forResponse: id)
            let error = await #expect(throws: PostgresError.self) { try await fixture.record(report, forResponse: id) }
            #expect(error?.sqlState == .uniqueViolation)
            let news: Int = try await fixture.value("SELECT count(*) FROM dailies.outbox")
            #expect(news == 1)
        }
    }

    @Test func `a record that contradicts itself is refused`() async throws {
        try await RoleDatabase.with { fixture in
            let id = try await fixture.interviews.submit(fixture.submission())
            var withoutReason = report
            withoutReason.outcome = .unusable
            var withoutDuration = report
            withoutDuration.durationMs = nil
            var withoutFile = report
            withoutFile.artifacts.poster?.file.file = nil
            for broken in [withoutReason, withoutDuration, withoutFile] {
                await #expect(throws: PostgresError.self) { try await fixture.record(broken, forResponse: id) }
            }
            let records: Int = try await fixture.value("SELECT count(*) FROM dailies.review_records")
            #expect(records == 0)
        }
    }

    @Test func `an unusable answer says why in words`() async throws {
        try await RoleDatabase.with { fixture in
            let id = try await fixture.interviews.submit(fixture.submission())
            try await fixture.record(.unusable(UnusableReason(.empty), container: Container()), forResponse: id)
            let answer = try #require(try await fixture.interviews.answers(limit: 10).first)
            #expect(answer.status == .unusable)
            #expect(answer.reason == UnusableReason.Code.empty.sentence)
        }
    }

    @Test func `of very many answers only those that are not reviewable are counted, and the others are an estimate`() async throws {
        try await RoleDatabase.with { fixture in
            var ids: [Int64] = []
            for number in 1...6 { ids.append(try await fixture.interviews.submit(fixture.submission(key: "recordings/\(number).webm"))) }
            for id in ids.prefix(2) { try await fixture.record(report, forResponse: id) }
            try await fixture.record(.unusable(UnusableReason(.empty), container: Container()), forResponse: ids[2])
            // As workers leave the queue: the jobs of what has a record are gone, and one more job was given up.
            try await fixture.pool.execute(
                """
                WITH ended AS (DELETE FROM dailies.jobs WHERE (payload ->> 'response_id')::bigint = ANY (\(ids.prefix(4).map(\.self))) RETURNING *)
                INSERT INTO dailies.job_history (id, kind, payload, priority, fair_key, outcome, attempt, failures, crashes, created_at, timeline)
                SELECT id, kind, payload, priority, fair_key, CASE (payload ->> 'response_id')::bigint WHEN \(ids[3]) THEN 'discarded' ELSE 'completed' END,
                       1, 0, 0, created_at, '[]' FROM ended
                """)
            try await fixture.pool.execute("ANALYZE dailies.responses")
            let estimated = try await fixture.interviews.answerCounts(exactUpTo: 5)
            #expect(estimated == AnswerCounts(processing: 3, reviewable: 2, unusable: 1, isReviewableEstimated: true))
            let counted = try await fixture.interviews.answerCounts(exactUpTo: 6)
            #expect(counted == AnswerCounts(processing: 3, reviewable: 2, unusable: 1, isReviewableEstimated: false))
        }
    }

    @Test func `a worker learns nothing of the candidate`() async throws {
        try await RoleDatabase.with { fixture in
            let id = try await fixture.interviews.submit(fixture.submission())
            let recording = try #require(try await fixture.interviews.recording(ofResponse: id))
            #expect(recording.key == "recordings/a.webm")
            #expect(!recording.isReviewed)
            #expect(try await fixture.interviews.recording(ofResponse: 999) == nil)
        }
    }

    @Test func `one job of before whose payload names no response fails no retry and no count`() async throws {
        try await RoleDatabase.with { fixture in
            let id = try await fixture.interviews.submit(fixture.submission())
            try await fixture.pool.execute("ALTER TABLE dailies.jobs DROP CONSTRAINT jobs_response_check")
            try await fixture.pool.execute(
                "INSERT INTO dailies.jobs (kind, payload) VALUES ('inspect_response', '{\"response_id\": \"abc\"}')")
            let jobs = try await fixture.pool.query("SELECT id FROM dailies.jobs ORDER BY id", as: Int64.self)
            try await fixture.pool.execute("SELECT dailies.stop_jobs(\(jobs), 'discarded', 'test')")
            #expect(try await fixture.interviews.answerCounts(exactUpTo: 0).processing == 1)
            #expect(try await fixture.interviews.retry(jobs: jobs, reason: "test") == [jobs[0]])
            #expect(try await fixture.value("SELECT dailies.response_id(payload) FROM dailies.jobs") == id)
        }
    }
}
