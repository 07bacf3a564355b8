import Postgres
import TestSupport
import Testing

@testable import JobQueue

/// What the health page draws over time.
@Suite(.tags(.database), .timeLimit(.minutes(5)))
struct HoursTests {
    @Test func `each hour counts the jobs that ended in it and the jobs live at its end, with the age of the oldest`() async throws {
        try await BareQueue.with { bare in
            // Times are minutes from the beginning of the present hour.
            for (id, began, ended, outcome) in [
                (1, -170, -40, "completed"), (2, -55, -54, "discarded"), (3, -7_200, -119, "completed"), (4, -9_000, -8_000, "discarded"),
            ] as [(Int64, Int32, Int32, String)] {
                try await bare.execute(
                    """
                    INSERT INTO dailies.job_history
                        (id, kind, payload, priority, fair_key, outcome, attempt, failures, crashes, created_at, ended_at, timeline)
                    SELECT \(id), 'noop', '{}', 0, 0, \(outcome), 1, 0, 0, h + \(began) * interval '1 minute', h + \(ended) * interval '1 minute', '[]'
                    FROM date_trunc('hour', now()) AS h
                    """)
            }
            try await bare.insert(1)
            try await bare.execute("UPDATE dailies.jobs SET created_at = date_trunc('hour', now()) - interval '90 minutes'")

            let hours = try await bare.queue.hours(5)
            #expect(hours.map(\.completed) == [0, 0, 1, 1, 0])
            #expect(hours.map(\.discarded) == [0, 0, 0, 1, 0])
            #expect(hours.map(\.live) == [1, 2, 2, 1, 1])
            let minutes = hours.map { ($0.oldestSeconds ?? 0) / 60 }
            #expect(minutes.dropLast() == [7_020, 7_080, 110, 90])
            #expect((90...150).contains(minutes[4]))
        }
    }

    @Test func `hours without jobs are included`() async throws {
        try await BareQueue.with { bare in
            let hours = try await bare.queue.hours(48)
            #expect(hours.count == 48 && hours.allSatisfy { $0.completed == 0 && $0.live == 0 && $0.oldestSeconds == nil })
        }
    }
}
