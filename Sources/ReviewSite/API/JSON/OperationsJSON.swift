internal import FoundationEssentials
internal import JobQueue
import NullableJSON
internal import Reviews

/// The state of the queue and the failed recordings.
struct OperationsJSON: Encodable, Sendable {
    struct Queue: Encodable, Sendable {
        var available: Int
        var running: Int
        var scheduled: Int
        /// This and the next two: in the last 24 hours.
        var completed: Int
        var discarded: Int
        var cancelled: Int
        @OrNull var oldestWaitingSeconds: Double?
        var workers: Int
        /// The names of the numbers above that are estimates, because there are too many to count.
        var estimated: [String]

        init(_ counts: QueueCounts) {
            available = counts.available
            running = counts.running
            scheduled = counts.scheduled
            completed = counts.completed
            discarded = counts.discarded
            cancelled = counts.cancelled
            oldestWaitingSeconds = counts.oldestWaitingSeconds
            workers = counts.workers
            estimated = counts.estimated.map(\.rawValue)
        }
    }

    struct Failure: Encodable, Sendable {
        var responseID: Int64
        var interviewID: Int64
        var role: String
        var question: String
        var candidate: CandidateJSON
        @OrNull var reason: String?
        @OrNull var message: String?
        /// The job for `POST /api/v1/jobs/{job}/retry`; `null` when the recording itself is at fault.
        @OrNull var jobID: Int64?
        @OrNull var evidence: String?
        var failedAt: Date

        init(_ recording: FailedRecording) {
            responseID = recording.responseID
            interviewID = recording.interviewID
            role = recording.role
            question = recording.question
            candidate = CandidateJSON(recording.candidate)
            reason = recording.reason
            message = recording.message
            jobID = recording.jobID
            evidence = recording.evidence
            failedAt = recording.failedAt
        }
    }

    struct Hour: Encodable, Sendable {
        var hour: Date
        var completed: Int
        var discarded: Int
        /// Not ended at the hour's end.
        var live: Int
        @OrNull var oldestSeconds: Double?

        init(_ hour: QueueHour) {
            self.hour = hour.hour
            completed = hour.completed
            discarded = hour.discarded
            live = hour.live
            oldestSeconds = hour.oldestSeconds
        }
    }

    var queue: Queue
    var hours: [Hour]
    var failures: [Failure]

    init(_ operations: Operations) {
        queue = Queue(operations.queue)
        hours = operations.hours.map(Hour.init)
        failures = operations.failures.map(Failure.init)
    }
}
