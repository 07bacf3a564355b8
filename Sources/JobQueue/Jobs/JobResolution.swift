public import Postgres

/// How a handler's work on a claim ended. The worker turns it into one transaction.
///
/// A reason's first line is logged, so nothing of a candidate or a recording is in it; further lines are evidence that only the
/// job's timeline keeps.
public enum JobResolution: Sendable {
    /// Writes that belong to the end of a job. They run in the transaction that ends it: all of it happens, or nothing. They
    /// may run again when an earlier transaction was undone, so they do nothing but write to this connection.
    public typealias Effects = @Sendable (PostgresConnection) async throws -> Void

    /// Done.
    case completed(Effects)
    /// Will never be done: poison, or out of attempts. `reason` is evidence for ops people.
    case discarded(reason: String, Effects)
    /// No longer wanted: what the job was about is gone.
    case cancelled(reason: String)
    /// A fault of ours: counts against the job's attempts.
    case retry(reason: String, after: Duration)
    /// The inspector died: counts against the crash budget.
    case crashed(reason: String, after: Duration)
    /// The infrastructure is away: counts as nothing, and the circuit breaker opens.
    case snoozed(reason: String)
    /// The worker shuts down or lost its lease: given back at once, the attempt refunded.
    case released(reason: String)
}

/// Does the work of one kind of job.
public protocol JobHandler: Sendable {
    /// The jobs it takes.
    var kind: String { get }
    /// Whether its jobs can be long and nobody waits for them: a worker always keeps a slot free from such. `false` unless said otherwise.
    var isPatient: Bool { get }

    /// Works on one claim. Cancellation means that the worker shuts down or has lost its lease: stop at once. Whatever is
    /// thrown counts as a fault of ours and is retried; expected trouble is a resolution.
    func run(_ claim: JobClaim) async throws -> JobResolution
}

extension JobHandler {
    public var isPatient: Bool { false }
}
