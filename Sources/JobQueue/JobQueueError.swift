/// What goes wrong between a worker and the queue, beyond the database itself being away.
public struct JobQueueError: Error, Hashable, Sendable, CustomStringConvertible {
    public enum Code: Hashable, Sendable {
        /// The claim is another worker's by now, or its job has ended. Drop the attempt's results.
        case claimLost
        /// The worker did not beat in time. Stop its work and register anew.
        case leaseLost
    }

    public var code: Code
    public var description: String

    static func claimLost(_ claim: JobClaim) -> JobQueueError {
        JobQueueError(
            code: .claimLost, description: "Attempt \(claim.attempt) of job \(claim.id) is no longer held: its results are dropped.")
    }

    static let leaseLost = JobQueueError(
        code: .leaseLost, description: "This worker's lease is over, so others may have its jobs: it stops them and starts anew.")
}
