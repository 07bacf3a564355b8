public import FoundationEssentials

/// One job that one worker works on.
///
/// `id`, `attempt` and `worker` together are the fence: every statement that ends this claim or puts it back names them, and fails with
/// `JobQueueError.claimLost` once another worker has claimed the job or it has ended. The attempt alone would not do: claims commit without
/// waiting for the disk, so after a crash of the database an attempt's number can be given again.
public struct JobClaim: Hashable, Sendable {
    public var id: Int64
    public var kind: String
    /// The payload's JSON object, as it was inserted.
    public var payload: Data
    /// Raised by every claim, never lowered, except that a crash of the database may undo the latest claims.
    public var attempt: Int
    /// The registration of the worker that claimed it. It never comes twice.
    public var worker: UUID
    /// Earlier attempts that failed because of a fault of ours.
    public var failures: Int
    /// Earlier attempts whose inspector died.
    public var crashes: Int
    public var maxAttempts: Int
    /// From the job's insertion until this claim, by the database's clock.
    public var waited: Duration = .zero
    /// When this process received it.
    let received = ContinuousClock.now
    /// The row of `dailies.claims` that holds the jobs claimed together; 0 for none.
    var row: Int64 = 0

    public init(id: Int64, kind: String, payload: Data, attempt: Int, worker: UUID, failures: Int, crashes: Int, maxAttempts: Int) {
        self.id = id
        self.kind = kind
        self.payload = payload
        self.attempt = attempt
        self.worker = worker
        self.failures = failures
        self.crashes = crashes
        self.maxAttempts = maxAttempts
    }

    /// Earlier attempts that used up nothing: released, rescued or snoozed.
    public var refunds: Int { attempt - 1 - failures - crashes }
}
