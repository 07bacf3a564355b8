/// A person's wish to stop a running job.
struct StopRequest: Sendable, Hashable {
    var job: Int64
    var how: JobQueue.Stopping
    var reason: String

    /// A row of the SQL function `obey_stop_requests`.
    init(job: Int64, how: String, reason: String) {
        self.job = job
        self.how = JobQueue.Stopping(rawValue: how) ?? .cancelled
        self.reason = reason
    }

    /// What becomes of the job when its handler was stopped with this resolution. Work that was done by then stays done.
    func overruling(_ resolution: JobResolution) -> JobResolution {
        switch (resolution, how) {
        case (.completed, _): resolution
        case (_, .cancelled): .cancelled(reason: reason)
        case (_, .discarded): .discarded(reason: reason, { _ in })
        }
    }
}
