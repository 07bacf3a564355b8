import Foundation
import Postgres
import TestSupport
import Testing

/// Breaks the queue's own SQL, one rule at a time, and expects the random histories to notice. A mutant that survives is a hole
/// in the proof.
@Suite(.tags(.database), .timeLimit(.minutes(10)))
struct MutantTests {
    /// A text in the definition of one of the queue's functions, and what it is broken into.
    struct Mutant: CustomTestStringConvertible, Sendable {
        var name: String
        var function: String
        var text: String
        var replacement: String

        var testDescription: String { name }
    }

    static let mutants = [
        Mutant(
            name: "completion fenced by state only", function: "end_job",
            text: "AND attempt = claim_attempt AND worker_id = worker AND state = 'running'",
            replacement: "AND state = 'running'"),
        Mutant(
            name: "completion fenced by nothing", function: "end_job",
            text: "AND attempt = claim_attempt AND worker_id = worker AND state = 'running'", replacement: ""),
        Mutant(
            name: "completion fenced without the worker", function: "end_job", text: "AND worker_id = worker AND state",
            replacement: "AND state"),
        Mutant(
            name: "put-back fenced without the worker", function: "put_back_job", text: "AND worker_id = worker AND state",
            replacement: "AND state"),
        Mutant(
            name: "a batch fenced without the worker", function: "complete_jobs", text: "'running' AND worker_id = worker",
            replacement: "'running'"),
        Mutant(
            name: "a stale completion stays silent", function: "end_job",
            text: "PERFORM dailies.raise_stale_claim(job, claim_attempt)", replacement: "RETURN"),
        Mutant(
            name: "put-back fenced by state only", function: "put_back_job",
            text: "AND attempt = claim_attempt AND worker_id = worker AND state = 'running'",
            replacement: "AND state = 'running'"),
        Mutant(
            name: "a refund that lowers the attempt", function: "put_back_job", text: "worker_id = NULL,",
            replacement: "worker_id = NULL, attempt = attempt - (how IN ('snoozed', 'released'))::integer,"),
        Mutant(
            name: "every put-back counts as a failure", function: "put_back_job", text: "(how = 'retried')::integer",
            replacement: "1"),
        Mutant(
            name: "a snooze that is due at once", function: "put_back_job", text: "THEN now() + delay", replacement: "THEN now()"),
        Mutant(
            name: "a claim that does not raise the attempt", function: "claim_jobs", text: "attempt = jobs.attempt + 1",
            replacement: "attempt = greatest(jobs.attempt, 1)"),
        Mutant(
            name: "a claim without a lease", function: "claim_jobs", text: "AND beaten_at >= now() - lease", replacement: ""),
        Mutant(
            name: "a claim that ignores when a job is due", function: "promote_jobs", text: "AND j.due_at <= now()",
            replacement: ""),
        Mutant(
            name: "a batch fenced by state only", function: "complete_jobs", text: "OR running_attempts IS DISTINCT FROM claimed_attempts",
            replacement: ""),
        Mutant(
            name: "a batch fenced by attempt only", function: "complete_jobs",
            text: " FILTER (WHERE state = 'running' AND worker_id = worker)",
            replacement: ""),
        Mutant(
            name: "a stale batch stays silent", function: "complete_jobs",
            text: "PERFORM dailies.raise_stale_claim(stale_job, stale_attempt)", replacement: "RETURN '{}'"),
        Mutant(
            name: "a claim that is not written down", function: "claim_jobs",
            text: "INSERT INTO dailies.claims (worker_id, job_ids) VALUES (worker, fresh) RETURNING claims.id INTO the_claim;",
            replacement: ""),
        Mutant(
            name: "a floor above a job that came back", function: "lower_floor", text: "WHERE l.lane = the_lane", replacement: "WHERE false"
        ),
        Mutant(
            name: "a floor above a job that waits", function: "raise_floor", text: "ORDER BY j.due_at, j.id",
            replacement: "ORDER BY j.due_at DESC, j.id DESC"),
        Mutant(
            name: "rescue by the age of the claim", function: "free_jobs",
            text: "held.id = ANY (jobs) AND state = 'running' AND worker_id = worker",
            replacement: "state = 'running' AND claimed_at < clock_timestamp()"),
        Mutant(
            name: "rescue of what is another's by now", function: "free_jobs", text: "AND worker_id = worker", replacement: ""),
        Mutant(
            name: "rescue by the age of the worker", function: "rescue_jobs", text: "beaten_at < now() - lease",
            replacement: "started_at < now() - lease / 1000000"),
        Mutant(
            name: "rescue by a clock an hour ahead", function: "rescue_jobs", text: "beaten_at < now() - lease",
            replacement: "beaten_at < now() + interval '1 hour' - lease"),
        Mutant(
            name: "rescue that forgets to clear the worker", function: "free_jobs", text: "worker_id = NULL, ", replacement: ""),
        Mutant(
            name: "rescue and leaving that forget the jobs", function: "dismiss_worker", text: "dailies.claimed_jobs(worker)",
            replacement: "'{}'"),
        Mutant(
            name: "rescue that drops claims of jobs that run", function: "dismiss_worker", text: "dailies.free_jobs(worker,",
            replacement: "0; DELETE FROM dailies.claims WHERE worker_id = worker; PERFORM dailies.free_jobs(worker,"),
        Mutant(
            name: "rescue that keeps the worker", function: "dismiss_worker", text: "DELETE FROM dailies.workers WHERE id = worker",
            replacement: "PERFORM 1 WHERE true"),
        Mutant(
            name: "rescue that lowers the attempt", function: "free_jobs", text: "worker_id = NULL,",
            replacement: "attempt = attempt - 1, worker_id = NULL,"),
        Mutant(
            name: "leaving that does nothing", function: "leave_worker", text: "IF FOUND", replacement: "IF false"),
        Mutant(
            name: "a beat that revives a dead worker", function: "beat_worker", text: "RETURN FOUND", replacement: "RETURN true"),
        Mutant(
            name: "a beat that is not written", function: "beat_worker", text: "beaten_at = clock_timestamp()",
            replacement: "beaten_at = beaten_at"),
    ]

    @Test(arguments: mutants)
    func `a mutant of the queue's SQL is caught`(mutant: Mutant) async throws {
        let original = try await Self.definition(of: mutant.function)
        let broken = original.replacing(mutant.text, with: mutant.replacement)
        try #require(broken != original, "dailies.\(mutant.function) no longer says: \(mutant.text)")
        for seed in 1...24 as ClosedRange<UInt64> {
            do {
                try await ModelHistoryTests.run(seed: seed, steps: 150, after: broken)
            } catch is ModelDatabase.Disagreement {
                return
            }
        }
        Issue.record("nobody noticed: \(mutant.name)")
    }

    @Test func `completing without removing the job is refused or caught`() async throws {
        let original = try await Self.definition(of: "end_job")
        let start = try #require(original.range(of: "DELETE FROM dailies.jobs"))
        let broken = original.replacingCharacters(in: start, with: "UPDATE dailies.jobs SET priority = priority")
        await #expect(throws: ModelDatabase.Disagreement.self) {
            for seed in 1...24 as ClosedRange<UInt64> { try await ModelHistoryTests.run(seed: seed, steps: 150, after: broken) }
        }
    }

    private static func definition(of function: String) async throws -> String {
        try await TestDatabase.withDatabase { conninfo in
            let connection = try await PostgresConnection.connect(conninfo)
            return try await connection.query(
                """
                SELECT pg_get_functiondef(p.oid) FROM pg_proc p WHERE p.proname = \(function) AND p.pronamespace = 'dailies'::regnamespace
                -- Of two, the one with fewer arguments is the release before's.
                ORDER BY p.pronargs DESC LIMIT 1
                """
            ).one().decode(at: 0)
        }
    }
}
