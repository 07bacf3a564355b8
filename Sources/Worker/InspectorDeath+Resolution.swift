import Inspectors
import JobQueue

extension InspectorDeath {
    /// What follows from it for a job: it depends on whose fault it was.
    /// - Parameter givingUp: what is to be done, with the evidence, when the crash budget is used up.
    func resolution(
        of claim: JobClaim, _ retryPolicy: RetryPolicy, givingUp: (_ evidence: String) -> JobResolution
    ) -> JobResolution {
        switch cause {
        case .killed, .serverDied:
            // Not the recording's doing: the worker stops, or somebody killed the fork server.
            return .released(reason: "\(self)")
        case .inputOutput where claim.refunds < 10:
            // The disk's doing, if the child tells the truth; one that lies runs into the crash budget in the end.
            return .snoozed(reason: "\(self)")
        default:
            break
        }
        let evidence = ([description] + logLines).joined(separator: "\n")
        return switch retryPolicy.afterCrash(of: claim, jitter: .random(in: 0...1)) {
        case .tryAgain(let delay): .crashed(reason: evidence, after: delay)
        case .giveUp: givingUp(evidence)
        }
    }
}
