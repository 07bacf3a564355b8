/// Which jobs a person wants to see or to put back. What is left out does not restrict.
public struct JobFilter: Sendable, Hashable {
    public var statuses: Set<JobStatus>
    public var kind: String?
    /// Part of what the latest attempt's error says, in any case of letters.
    public var reason: String?
    /// The name of a worker that has the job or had it in an earlier attempt, or its beginning: a host's name finds all of its workers.
    public var worker: String?
    /// Inserted at least this long ago, by the database's clock.
    public var olderThan: Duration?
    /// Inserted at most this long ago.
    public var newerThan: Duration?

    public init(
        statuses: Set<JobStatus> = Set(JobStatus.allCases), kind: String? = nil, reason: String? = nil, worker: String? = nil,
        olderThan: Duration? = nil, newerThan: Duration? = nil
    ) {
        self.statuses = statuses
        self.kind = kind
        self.reason = reason
        self.worker = worker
        self.olderThan = olderThan
        self.newerThan = newerThan
    }
}
