/// Does the work of one kind of job.
public protocol JobHandler: Sendable {
    /// The kind of job it handles.
    var kind: String { get }
    /// Whether its jobs can take long while nobody waits for them. A worker always keeps one slot free of such jobs. The default is `false`.
    var isPatient: Bool { get }

    /// Works on one claim. Cancellation means that the worker shuts down or has lost its lease: stop at once. A thrown error counts as a
    /// fault of ours, and the job is retried. Return a resolution for every expected failure.
    func run(_ claim: JobClaim) async throws -> JobResolution
}

extension JobHandler {
    public var isPatient: Bool { false }
}
