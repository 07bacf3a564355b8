public import Postgres

/// How a handler's work on a claim ended. The worker writes it in one transaction.
///
/// The first line of a reason is logged, so it must hold nothing about a candidate or from a recording. Further lines are evidence and are
/// kept in the job's timeline only.
public enum JobResolution: Sendable {
    /// What else the transaction that ends the job writes. Either all of it is written, or nothing. Effects may run again when an earlier
    /// transaction was rolled back, so they must do nothing but write to this connection.
    public typealias Effects = @Sendable (PostgresConnection) async throws -> Void

    /// The work is done.
    case completed(Effects)
    /// The work will never be done: the recording kills the inspector, or the attempts are used up. `reason` is for ops people.
    case discarded(reason: String, Effects)
    /// The job is no longer wanted, for example because its response was deleted.
    case cancelled(reason: String)
    /// A fault of ours: counts against the job's attempts.
    case retried(reason: String, after: Duration)
    /// The inspector died: counts against the crash budget.
    case crashed(reason: String, after: Duration)
    /// Neither the recording nor this program is at fault: uses up no attempt. The cause says what the worker does next.
    case snoozed(reason: String, cause: SnoozeCause = .infrastructure)
    /// What this one job needs has not come yet: uses up no attempt, and tells the circuit breaker nothing.
    case postponed(reason: String, after: Duration, Effects)
    /// The worker shuts down or lost its lease: available again at once, and uses up no attempt.
    case released(reason: String)
}
