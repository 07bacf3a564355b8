/// A person's request to stop a running job.
struct StopRequest: Sendable, Hashable {
    var job: Int64
    var how: JobQueue.StopKind
    var reason: String

    /// A row of the SQL function `obey_stop_requests`.
    init(job: Int64, how: String, reason: String) {
        self.job = job
        self.how = JobQueue.StopKind(rawValue: how) ?? .cancelled
        self.reason = reason
    }

    /// The resolution of a job that was stopped, after its handler returned `resolution`. If the handler had completed the work, the job is
    /// completed.
    func overruling(_ resolution: JobResolution) -> JobResolution {
        switch (resolution, how) {
        case (.completed, _): resolution
        case (_, .cancelled): .cancelled(reason: reason)
        case (_, .discarded): .discarded(reason: reason, { _ in })
        }
    }
}
