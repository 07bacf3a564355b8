/// An event of a worker, for metrics. It holds ids, times and codes, and nothing from a payload.
public enum JobWorkerEvent: Sendable {
    /// A claim brought this job.
    case claimed(JobClaim)
    /// An attempt has ended and its result is in the database.
    /// - `outcome`: `completed`, `discarded`, `cancelled`, `retried`, `crashed`, `snoozed` or `released`.
    /// - `spent`: from the claim until the result was written, by this host's monotonic clock.
    case ended(JobClaim, outcome: String, spent: Duration)
    /// The database refused or was away; the worker tries again. `code` is the SQLSTATE, `nil` if no answer came.
    case databaseFailed(code: String?)
    /// The worker sent a beat. `gotThrough` says whether the database recorded it.
    case beat(gotThrough: Bool)
    /// Claiming stopped for this reason, or goes on again (`nil`).
    case claimsBlocked(reason: String?)
    /// The number of running jobs changed to this.
    case busy(Int)
    /// The number of jobs changed to this whose work is over and whose results cannot be written at present.
    case resultsWaiting(Int)
    /// The number of slots changed to this that stay empty because the machine kills inspectors.
    case slotsWithheld(Int)
    /// Most attempts end with the same error, or do not any more.
    case attemptsEndAlike(Bool)
    /// What keeps the worker from working as it should, in words for people, other than a missing thing that `obstacle` found; `nil` for
    /// nothing.
    case troubled(String?)
}
