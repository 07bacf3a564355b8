import Postgres
import Recordings
import Reviews
import TestSupport
import Testing

@Suite(.tags(.database))
struct FailedRecordingTests {
    @Test func `failed recordings are told, the newest first, whatever made them fail`() async throws {
        try await Panel.with { panel in
            let empty = try await panel.submit("Ada")
            try await panel.record(.unusable(UnusableReason(.empty), container: Container()), for: empty)
            let replaced = try await panel.submit("Bob")
            try await panel.record(.unusable(UnusableReason(.empty), container: Container()), for: replaced)
            _ = try await panel.answer("Bob", take: 2)
            let (waiting, givenUp) = (try await panel.submit("Cyd"), try await panel.submit("Dan"))
            try await panel.pool.execute(
                """
                WITH ended AS (DELETE FROM dailies.jobs WHERE payload ->> 'response_id' = \("\(givenUp)") RETURNING *)
                INSERT INTO dailies.job_history (id, kind, payload, priority, fair_key, outcome, attempt, failures, crashes, created_at, timeline,
                                                 claimed_at, error)
                SELECT id, kind, payload, priority, fair_key, 'discarded', 5, 5, 0, created_at, '[]', now(), 'the disk is full' FROM ended
                """)
            let failures = try await panel.reviews.operations(viewer: panel.admin).failures
            #expect(failures.map(\.responseID) == [givenUp, empty], "neither what waits nor what a later take has replaced")
            #expect(failures.map(\.reason) == [nil, "empty"] && failures.map(\.evidence) == ["the disk is full", nil])
            #expect(failures.map { $0.jobID != nil } == [true, false] && !failures.contains { $0.responseID == waiting })
        }
    }
}
