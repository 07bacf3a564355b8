/// What a worker does and meets, told as it happens, for whoever counts it. Holds ids, times and codes; nothing of a payload.
public enum JobWorkerEvent: Sendable {
    /// A claim brought this job.
    case claimed(JobClaim)
    /// A job's work is over and its result is in the database.
    /// - `outcome`: `completed`, `discarded`, `cancelled`, `retried`, `crashed`, `snoozed` or `released`.
    /// - `spent`: from the claim until the result was there, on this host's monotonic clock.
    case ended(JobClaim, outcome: String, spent: Duration)
    /// The database refused or was away; the worker tries again. `code` is its SQLSTATE, `nil` where no answer came.
    case databaseFailed(code: String?)
    /// The worker said that it lives, and the database took it or not.
    case beat(gotThrough: Bool)
    /// Claiming stopped because of this, or went on (`nil`).
    case held(reason: String?)
    /// How many jobs it works on now.
    case busy(Int)
}
