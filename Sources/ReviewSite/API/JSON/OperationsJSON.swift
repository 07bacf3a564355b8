internal import FoundationEssentials
internal import JobQueue
internal import Reviews

/// How the machinery behind the answers is doing.
struct OperationsJSON: Encodable, Sendable {
    struct Queue: Encodable, Sendable {
        var available: Int
        var running: Int
        var scheduled: Int
        /// These three: in the last 24 hours.
        var completed: Int
        var discarded: Int
        var cancelled: Int
        @OrNull var oldestWaitingSeconds: Double?
        var workers: Int

        init(_ counts: QueueCounts) {
            available = counts.available
            running = counts.running
            scheduled = counts.scheduled
            completed = counts.completed
            discarded = counts.discarded
            cancelled = counts.cancelled
            oldestWaitingSeconds = counts.oldestWaitingSeconds
            workers = counts.workers
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
        /// What `POST /api/v1/jobs/{job}/retry` takes; `null` where the recording itself is at fault.
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

    var queue: Queue
    var throughput: [JobThroughput]
    var failures: [Failure]

    init(_ operations: Operations) {
        queue = Queue(operations.queue)
        throughput = operations.throughput
        failures = operations.failures.map(Failure.init)
    }
}
