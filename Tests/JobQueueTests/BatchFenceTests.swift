import Postgres
import TestSupport
import Testing

/// Completing a batch of claims of which one is no longer held.
@Suite(.tags(.database), .timeLimit(.minutes(10)))
struct BatchFenceTests {
    /// How the second of three claims is lost before the batch is completed.
    static let losses = [
        "SELECT dailies.put_back_job(2, 1, 'released', interval '0')",
        "SELECT dailies.put_back_job(2, 1, 'snoozed', interval '1 hour')",
        "SELECT dailies.end_job(2, 1, 'cancelled')",
        "UPDATE dailies.jobs SET attempt = 2 WHERE id = 2",
        "UPDATE dailies.jobs SET worker_id = gen_random_uuid() WHERE id = 2",
    ]

    /// Also through the function that the release before calls.
    @Test(arguments: losses, [true, false])
    func `the job that is no longer held is named, and none of the batch is completed`(loss: String, namesWorker: Bool) async throws {
        try await BareQueue.with { bare in
            try await bare.insert(3)
            #expect(try await bare.claim(3) == [1, 2, 3])
            try await bare.execute(PostgresQuery(verbatim: loss))
            let error = await #expect(throws: PostgresError.self) {
                if namesWorker {
                    try await bare.execute("SELECT dailies.complete_jobs(\(bare.worker), '{3,1,2}', '{1,1,1}')")
                } else {
                    try await bare.execute("SELECT dailies.complete_jobs('{3,1,2}', '{1,1,1}')")
                }
            }
            #expect(error?.sqlState?.rawValue == "DJ001")
            #expect(error.map { "\($0)".contains("attempt 1 of job 2 is no longer held") } == true, "\(String(describing: error))")
            #expect(try await bare.value("SELECT count(*) FROM dailies.job_history WHERE outcome = 'completed'") == 0)
            #expect(try await bare.value("SELECT count(*) FROM dailies.jobs WHERE id IN (1, 3) AND state = 'running'") == 2)
        }
    }
}
