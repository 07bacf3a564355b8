/// Which jobs to list or to retry. A `nil` property does not restrict.
public struct JobFilter: Sendable, Hashable {
    public var statuses: Set<JobStatus>
    public var kind: String?
    /// Part of the latest attempt's error; upper and lower case are the same.
    public var reason: String?
    /// The name of a worker that has or had the job, or the beginning of the name. A host's name finds all workers of that host.
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
