import Inspectors
import JobQueue

extension InspectorDeath {
    /// The resolution of a job whose inspector died. It depends on the cause.
    /// - Parameter discarding: makes the resolution, with the evidence, when the crash budget is used up.
    func resolution(
        of claim: JobClaim, _ retryPolicy: RetryPolicy, discarding: (_ evidence: String) -> JobResolution
    ) -> JobResolution {
        switch cause {
        case .killed:
            // By this worker, because it stops or has lost its lease.
            return .released(reason: "\(self)")
        case _ where wasKilledFromOutside:
            return .snoozed(reason: "\(self)", cause: .shortage)
        case .inputOutput where claim.refunds < 10:
            // Caused by the disk, if the child tells the truth. A child that lies uses up the crash budget in the end.
            return .snoozed(reason: "\(self)")
        case .wallTime where lackedProcessorTime && claim.refunds < 10:
            // Caused by the machine, or by a disk that does not answer. A child that a recording has taken over could wait on purpose: it uses
            // up the crash budget in the end.
            return .snoozed(reason: "\(self), which is the machine's doing")
        default:
            break
        }
        let evidence = ([description] + logLines).joined(separator: "\n")
        return switch retryPolicy.afterCrash(of: claim, jitter: .random(in: 0...1)) {
        case .retry(let delay): .crashed(reason: evidence, after: delay)
        case .discard: discarding(evidence)
        }
    }

    /// Whether it was not working for most of its time: stopped, short of processor time, or waiting for the disk. An inspector that has
    /// something to do uses a processor nearly all the time.
    private var lackedProcessorTime: Bool {
        guard let cpuMs, let wallMs else { return false }
        return cpuMs < wallMs / 4
    }
}
