/// An error between a worker and the queue, while the database itself works.
public struct JobQueueError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// Another worker has claimed the job, or the job has ended. Drop the attempt's results.
        case claimLost
        /// The worker did not beat in time. Stop its jobs and register again.
        case leaseLost
    }

    public var code: Code
    public var description: String

    static func claimLost(_ claim: JobClaim) -> JobQueueError {
        JobQueueError(
            code: .claimLost, description: "Attempt \(claim.attempt) of job \(claim.id) is no longer held. Its results are dropped.")
    }

    static let leaseLost = JobQueueError(
        code: .leaseLost, description: "This worker's lease is lost, so other workers may have its jobs. It stops them and registers again."
    )
}
