import Foundation
import Postgres
import TestSupport
import Testing

@testable import JobQueue

/// What a job tells of its attempts, however many there were.
@Suite(.tags(.database), .timeLimit(.minutes(10)))
struct TimelineTests {
    @Test func `of a job that was put back a thousand times the first and the last attempts are kept, and how many came between`()
        async throws
    {
        try await BareQueue.with { bare in
            try await bare.insert(1)
            try await bare.execute(
                """
                DO $$ BEGIN
                    FOR n IN 1..1000 LOOP
                        PERFORM dailies.claim_jobs('\(verbatim: "\(bare.worker)")', '{noop}', 1);
                        PERFORM dailies.put_back_job('\(verbatim: "\(bare.worker)")', 1, n, 'snoozed', '0', 'attempt ' || n);
                    END LOOP;
                END $$
                """)
            #expect(try await bare.value("SELECT pg_column_size(timeline) < 8000 FROM dailies.jobs") == true)
            let timeline = try await bare.queue.timeline(of: 1)
            #expect(timeline.map(\.attempt) == [1, 2, 3, 980] + Array(981...1000))
            #expect(timeline.map(\.outcome).filter { $0 == "left_out" }.count == 1)
            #expect(timeline[3].count == 977)
            #expect(timeline[3].outcome == "left_out")
            #expect(timeline.compactMap(\.count) == [977])
            #expect(timeline.last?.error == "attempt 1000")
            // An entry with a beginning is no one's hand.
            #expect(timeline.allSatisfy { !$0.isByHand })

            // What a person does, and the end, are entries like others.
            _ = try await bare.queue.stop([1], as: .cancelled, reason: "enough")
            let ended = try await bare.queue.timeline(of: 1)
            #expect(ended.count == 24)
            #expect(ended[3].count == 978)
            #expect(ended.last?.outcome == "cancelled")
            _ = try await bare.queue.pool.query("SELECT dailies.retry_jobs('{1}', 'again')")
            #expect(try await bare.queue.timeline(of: 1).last?.outcome == "put_back")
            #expect(try await bare.queue.timeline(of: 1)[3].count == 979)
        }
    }

    @Test func `a long timeline of the release before is shortened at its next entry`() async throws {
        try await BareQueue.with { bare in
            try await bare.insert(1)
            try await bare.execute(
                """
                UPDATE dailies.jobs SET attempt = 5000, timeline = (
                    SELECT jsonb_agg(jsonb_build_object('attempt', n, 'worker', 'w', 'from', now(), 'to', now(), 'outcome', 'snoozed',
                                                        'error', NULL) ORDER BY n) FROM generate_series(1, 5000) n)
                """)
            let claim = try #require(try await bare.queue.claim(worker: bare.worker, kinds: ["noop"], limit: 1).first)
            try await bare.queue.pool.transaction {
                try await bare.queue.putBack(claim, as: .snoozed, after: .zero, reason: nil, in: $0)
            }
            let timeline = try await bare.queue.timeline(of: 1)
            #expect(timeline.map(\.attempt) == [1, 2, 3, 4981] + Array(4982...5001))
            #expect(timeline[3].count == 4978)
        }
    }

    @Test func `no function appends to a timeline but the one that bounds it`() async throws {
        try await BareQueue.with { bare in
            let others: [String] = try await bare.queue.pool.query(
                """
                SELECT proname::text FROM pg_proc
                WHERE pronamespace = 'dailies'::regnamespace AND proname <> 'append_entry' AND prosrc ~ '(timeline|story) *\\|\\|'
                """, as: String.self)
            #expect(others.isEmpty)
        }
    }
}
