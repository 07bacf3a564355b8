import Foundation

/// One transaction that a program or a person makes about the queue, on some of its jobs.
enum QueueCall: String, CaseIterable {
    case claim, complete, discard, putBack, stop, obeyStops, maintain, leave, retry, insertResponses, insertJobs, keepHistory, beat, erase

    /// The transaction's SQL.
    /// - Parameter state: what is in the queue; made-up ids do no harm.
    func sql(in state: CrowdedQueue.State, using random: inout some RandomNumberGenerator) -> String {
        let worker = state.workers.randomElement(using: &random).map { "'\($0)'::uuid" } ?? "gen_random_uuid()"
        let running = state.running.shuffled(using: &random)
        let one = running.first
        switch self {
        case .claim:
            let kinds = ["inspect_response", "render_response", "noop"].shuffled(using: &random).joined(separator: ",")
            return "SELECT dailies.claim_jobs(\(worker), '{\(kinds)}', \(Int.random(in: 1...6, using: &random)))"
        case .complete:
            // All of one worker, in any order, with what a worker writes.
            let mine = running.filter { $0.worker == one?.worker }
            return """
                DO $$ DECLARE job bigint; BEGIN
                    FOREACH job IN ARRAY dailies.complete_jobs('\(one?.worker ?? UUID())', \(Self.array(mine.map(\.id))),
                                                               \(Self.array(mine.map { Int64($0.attempt) }))::integer[]) LOOP
                        PERFORM tests.write_result(job, 'usable');
                    END LOOP;
                END $$
                """
        case .discard:
            return """
                DO $$ BEGIN
                    PERFORM dailies.end_job('\(one?.worker ?? UUID())'::uuid, \(one?.id ?? 0), \(one?.attempt ?? 0), 'discarded', 'x');
                    PERFORM tests.write_result(\(one?.id ?? 0), 'unusable');
                END $$
                """
        case .putBack:
            let delay = ["0", "1 hour"].randomElement(using: &random) ?? "0"
            return
                "SELECT dailies.put_back_job('\(one?.worker ?? UUID())'::uuid, \(one?.id ?? 0), \(one?.attempt ?? 0), 'snoozed', '\(delay)')"
        case .stop:
            return "SELECT dailies.stop_jobs(\(Self.array(some(state.live, &random))), 'cancelled', 'x')"
        case .obeyStops: return "SELECT dailies.obey_stop_requests(\(worker))"
        case .maintain:
            // As `JobQueue.runMaintenance` asks for it.
            return """
                SELECT 1 FROM dailies.rescue_jobs() UNION ALL SELECT 1 FROM dailies.obey_stop_requests(\(worker))
                UNION ALL SELECT dailies.forget_claims(\(worker), (SELECT array_agg(id) FROM dailies.claims WHERE random() < 0.2))
                UNION ALL SELECT dailies.release_unheld_jobs(\(worker), \(Self.array(some(state.live, &random))))
                UNION ALL SELECT dailies.sweep_floors()
                UNION ALL SELECT dailies.announce_waiting_jobs('{noop,inspect_response}')::integer
                """
        case .leave:
            return """
                WITH first AS MATERIALIZED (SELECT dailies.forget_claims(\(worker), '{}') AS forgotten)
                SELECT dailies.leave_worker(\(worker)) FROM first WHERE forgotten >= 0
                """
        case .retry: return "SELECT dailies.retry_work(\(Self.array(some(state.ended, &random))), 'x', NULL)"
        case .insertResponses:
            // As programs are told to: by interview.
            return """
                INSERT INTO dailies.responses (interview_id, question_id, recording_key)
                SELECT i.id, q.id, gen_random_uuid() FROM dailies.interviews i JOIN dailies.questions q USING (role_id)
                WHERE random() < 0.3 ORDER BY i.id
                """
        case .insertJobs:
            return "INSERT INTO dailies.jobs (kind, fair_key) SELECT 'noop', n FROM generate_series(1, 6) n WHERE random() < 0.5 ORDER BY n"
        case .keepHistory: return "SELECT dailies.prepare_job_history(), dailies.forget_turns(), dailies.drop_job_history('90 days')"
        case .beat: return "SELECT dailies.beat_worker(\(worker)), dailies.take_maintenance_turn()"
        case .erase:
            return "DELETE FROM dailies.candidates WHERE id = (SELECT id FROM dailies.candidates ORDER BY random() LIMIT 1)"
        }
    }

    private func some(_ ids: [Int64], _ random: inout some RandomNumberGenerator) -> [Int64] {
        Array(ids.shuffled(using: &random).prefix(Int.random(in: 1...8, using: &random)))
    }

    private static func array(_ values: [Int64]) -> String { "'{\(values.map(String.init).joined(separator: ","))}'" }
}
